#pragma once

#include "core/model/query_value.h"
#include "ui/chart/time_series_view.h"

#include <memory>

namespace belvedere::ui {

class Theme;

/// Makes a chart of a range query's answer: reduced to `pixels`, each series named by the labels in which it differs
/// from the others. Colours are given by the caller's theme afterwards (colorSeries). Runs in the worker.
[[nodiscard]] std::shared_ptr<ChartData> chartOf(const model::Matrix& matrix, qint64 fromMs, qint64 toMs, qint64 stepMs, int pixels);

/// What the series have in common: "job="api", env="dev"".
[[nodiscard]] QString commonLabels(const model::Matrix& matrix);

void colorSeries(ChartData& data, const Theme& theme);

/// Bytes for metrics in bytes, durations for quantiles of seconds; plain numbers else.
[[nodiscard]] ChartAxis axisFor(const QString& expr);

}
