#pragma once

#include "core/model/query_value.h"
#include "ui/chart/time_series_view.h"
#include "ui/explore/log_model.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::ui {

/// How many lines there are of each level, step by step over a range.
struct LogVolume {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    qint64 stepMs = 0;
    qint64 anchorMs = 0; ///< steps end so many milliseconds, and any number of steps, after the epoch
    std::map<LogLevel, std::map<std::int64_t, double>> levels = {}; ///< by the time at which a step ends
};

/// The query that counts the lines of `logQuery` by level, in steps of `stepMs`.
[[nodiscard]] std::string volumeQuery(const std::string& logQuery, qint64 stepMs);

/// `counts` answers volumeQuery(). Where no level was looked for, as in a Loki that detects none, the lines at hand say theirs:
/// `rows` are the newest ones of the range, so the levels of what is older stay unknown. Runs in the worker.
[[nodiscard]] LogVolume logVolume(const model::Matrix& counts, const std::vector<LogRow>& rows, qint64 fromMs, qint64 toMs, qint64 stepMs);

/// Adds `rows` that came since, newer than all that were counted, and moves the range on.
void addLines(LogVolume& volume, const std::vector<LogRow>& rows, qint64 fromMs, qint64 toMs);

/// One bar a level and step, the loudest level on top.
[[nodiscard]] std::shared_ptr<ChartData> volumeChart(const LogVolume& volume, const Theme& theme);

}
