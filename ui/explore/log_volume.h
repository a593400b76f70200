#pragma once

#include "core/model/query_value.h"
#include "ui/chart/time_series_view.h"

#include <memory>

namespace belvedere::ui {

/// The query that counts the lines of `logQuery` by level, in steps of `stepMs`.
[[nodiscard]] std::string volumeQuery(const std::string& logQuery, qint64 stepMs);

/// One bar a level and step, the loudest level on top. `counts` answers volumeQuery().
[[nodiscard]] std::shared_ptr<ChartData> volumeChart(const model::Matrix& counts, qint64 fromMs, qint64 toMs, qint64 stepMs, const Theme& theme);

}
