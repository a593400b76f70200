#pragma once

#include "core/workspace/yaml_reader.h"

// Files of other programs that are recognised, checked and not used.

namespace belvedere::workspace {

/// Its form only: names are there, once, and what routes name exists; what a receiver says is not looked at.
void checkAlertmanager(YamlMap& root, YamlDiagnostics& diagnostics);

/// Likewise: each job has a name and each stage is one.
void checkPromtail(YamlMap& root, YamlDiagnostics& diagnostics);

}
