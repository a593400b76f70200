#pragma once

#include "app/command_line.h"
#include "core/base/logger.h"
#include "core/promql/engine.h"

#include <string_view>

namespace belvedere::app {

[[nodiscard]] Command serveCommand();
[[nodiscard]] Command importMetricsCommand();
[[nodiscard]] Command importLogsCommand();
[[nodiscard]] Command queryCommand();
[[nodiscard]] Command logsCommand();
[[nodiscard]] Command dashboardCheckCommand();
[[nodiscard]] Command dashboardConvertCommand();
[[nodiscard]] Command rulesCheckCommand();
[[nodiscard]] Command configCheckCommand();

/// Options that several commands share.
[[nodiscard]] Option workspaceOption();
[[nodiscard]] Option featureOption();
[[nodiscard]] Option formatOption();
[[nodiscard]] Option urlOption();

/// Prints "belvedere: MESSAGE" on standard error.
ExitStatus fail(const Error& error);
ExitStatus usageFailure(const Error& error);

/// Prometheus' names, separated by commas; unknown ones are reported and have no effect, as in Prometheus.
[[nodiscard]] promql::Features parseFeatures(std::string_view names, Logger& logger);

}
