#pragma once

#include "core/workspace/configuration.h"
#include "core/workspace/section_reading.h"

namespace belvedere::workspace {

/// `global`: what holds for all jobs that say nothing else, so it is read before them.
void readGlobal(YamlMap& root, Configuration& configuration, Context& context);

/// `scrape_configs`, and those of `scrape_config_files`.
void readScrapeJobs(YamlMap& root, Configuration& configuration, Context& context);

}
