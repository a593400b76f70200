#pragma once

#include "core/workspace/configuration.h"
#include "core/workspace/section_reading.h"

namespace belvedere::workspace {

/// `data_sources`
void readDataSources(YamlMap& root, Configuration& configuration, Context& context);

/// `retention`, and Prometheus' `storage`.
void readRetention(YamlMap& root, Configuration& configuration, Context& context);

/// `listen`
void readListen(YamlMap& root, Configuration& configuration, Context& context);

}
