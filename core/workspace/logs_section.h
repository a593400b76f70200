#pragma once

#include "core/workspace/configuration.h"
#include "core/workspace/section_reading.h"

namespace belvedere::workspace {

/// `logs`: containers and files, in words of its own or in promtail's `scrape_configs`, and the rules over them.
void readLogs(YamlMap& root, Configuration& configuration, Context& context);

}
