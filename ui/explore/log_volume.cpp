#include "ui/explore/log_volume.h"

#include "ui/explore/log_model.h"

#include <algorithm>
#include <map>
#include <string>

namespace belvedere::ui {

std::string volumeQuery(const std::string& logQuery, qint64 stepMs)
{
    return "sum by (level, detected_level) (count_over_time(" + logQuery + " [" + std::to_string(std::max<qint64>(stepMs / 1000, 1)) + "s]))";
}

std::shared_ptr<ChartData> volumeChart(const model::Matrix& counts, qint64 fromMs, qint64 toMs, qint64 stepMs, const Theme& theme)
{
    std::map<LogLevel, std::map<std::int64_t, double>> levels;
    std::map<std::int64_t, double> below;
    for (const auto& series : counts) {
        auto level = levelFromText(series.labels->get("level"));
        if (level == LogLevel::unknown)
            level = levelFromText(series.labels->get("detected_level"));
        for (std::size_t i = 0; i < series.timesMs.size(); ++i) {
            levels[level][series.timesMs[i]] += series.values[i];
            below[series.timesMs[i]] = 0;
        }
    }
    auto chart = std::make_shared<ChartData>();
    chart->fromMs = static_cast<double>(fromMs);
    chart->toMs = static_cast<double>(toMs);
    for (const auto& [level, byTime] : levels) {
        ChartSeries series;
        series.name = levelWord(level);
        series.color = levelColor(theme, level);
        series.draw = ChartSeries::Draw::bars;
        series.fillOpacity = 0.85;
        for (const auto& [time, count] : byTime) {
            // A count stands for the step that ends at its time.
            series.timesMs.push_back(static_cast<double>(time) - static_cast<double>(stepMs) / 2);
            series.base.push_back(below[time]);
            below[time] += count;
            series.values.push_back(below[time]);
        }
        chart->series.push_back(std::move(series));
    }
    return chart;
}

}
