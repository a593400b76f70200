#include "ui/explore/log_volume.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace belvedere::ui {

namespace {

    constexpr std::string_view kDetectedLevel = "detected_level";
    constexpr std::array<std::string_view, 2> kCountedBy { "level", kDetectedLevel };

    /// What volumeQuery() has already counted a line as.
    LogLevel countedLevel(const LogRow& row)
    {
        for (const auto name : kCountedBy) {
            for (const auto* labels : { &row.stream->list(), &row.line.metadata, &row.line.parsed }) {
                const auto label = std::ranges::find(*labels, name, &model::Label::name);
                if (label == labels->end())
                    continue;
                if (const auto level = model::levelFromText(label->value); level != LogLevel::unknown)
                    return level;
            }
        }
        return LogLevel::unknown;
    }

}

std::string volumeQuery(const std::string& logQuery, qint64 stepMs)
{
    return "sum by (level, detected_level) (count_over_time(" + logQuery + " [" + std::to_string(std::max<qint64>(stepMs / 1000, 1)) + "s]))";
}

LogVolume logVolume(const model::Matrix& counts, const std::vector<LogRow>& rows, qint64 fromMs, qint64 toMs, qint64 stepMs)
{
    LogVolume volume { fromMs, toMs, stepMs, fromMs % stepMs };
    auto& levels = volume.levels;
    std::map<std::int64_t, double> open; // lines at whose level nobody has looked, by the end of their step
    for (const auto& series : counts) {
        auto level = LogLevel::unknown;
        for (const auto name : kCountedBy) {
            if (level == LogLevel::unknown)
                level = model::levelFromText(series.labels->get(name));
        }
        auto& into = level == LogLevel::unknown && !series.labels->has(kDetectedLevel) ? open : levels[level];
        for (std::size_t i = 0; i < series.timesMs.size(); ++i)
            into[series.timesMs[i]] += series.values[i];
    }
    for (const auto& row : rows) {
        if (row.level == LogLevel::unknown || countedLevel(row) != LogLevel::unknown)
            continue;
        // A step is open at its left end, as the range of the query is.
        const auto timeMs = (row.line.timeNs + 999'999) / 1'000'000;
        const auto step = open.lower_bound(timeMs);
        if (step == open.end() || step->first - timeMs >= stepMs || step->second < 1)
            continue;
        step->second -= 1;
        levels[row.level][step->first] += 1;
    }
    for (const auto& [step, count] : open) {
        if (count > 0)
            levels[LogLevel::unknown][step] += count;
    }
    return volume;
}

void addLines(LogVolume& volume, const std::vector<LogRow>& rows, qint64 fromMs, qint64 toMs)
{
    if (volume.stepMs <= 0)
        return;
    for (const auto& row : rows) {
        const auto timeMs = (row.line.timeNs + 999'999) / 1'000'000;
        const auto steps = (timeMs - volume.anchorMs + volume.stepMs - 1) / volume.stepMs;
        volume.levels[row.level][volume.anchorMs + steps * volume.stepMs] += 1;
    }
    volume.fromMs = fromMs;
    volume.toMs = toMs;
    for (auto& [level, byTime] : volume.levels)
        byTime.erase(byTime.begin(), byTime.upper_bound(fromMs));
}

std::shared_ptr<ChartData> volumeChart(const LogVolume& volume, const Theme& theme)
{
    std::map<std::int64_t, double> below;
    auto chart = std::make_shared<ChartData>();
    chart->fromMs = static_cast<double>(volume.fromMs);
    chart->toMs = static_cast<double>(volume.toMs);
    for (const auto& [level, byTime] : volume.levels) {
        ChartSeries series;
        series.name = levelWord(level);
        series.color = levelColor(theme, level);
        series.draw = ChartSeries::Draw::bars;
        series.fillOpacity = 0.85;
        for (const auto& [time, count] : byTime) {
            // A count stands for the step that ends at its time.
            series.timesMs.push_back(static_cast<double>(time) - static_cast<double>(volume.stepMs) / 2);
            auto& height = below[time];
            series.base.push_back(height);
            height += count;
            series.values.push_back(height);
        }
        chart->series.push_back(std::move(series));
    }
    return chart;
}

}
