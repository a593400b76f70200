#pragma once

#include "app/command_line.h"
#include "core/base/logger.h"
#include "core/promql/engine.h"

#include <string_view>

namespace belvedere::app {

[[nodiscard]] Command serveCommand();
/// What `-` in place of a file is called in messages.
constexpr std::string_view kStandardInput = "(standard input)";
/// "1 line", "2 lines".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);
/// How a file argument is told of.
[[nodiscard]] std::string nameOf(const std::string& file);
/// All of a file, or of standard input for `-`. Fails with what to do; the message begins with the name.
[[nodiscard]] Result<std::string> readAll(const std::string& file);

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
