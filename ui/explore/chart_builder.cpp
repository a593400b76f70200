#include "ui/explore/chart_builder.h"

#include "core/dashboard/units.h"
#include "ui/chart/reduce.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QRegularExpression>

#include <map>
#include <set>

namespace belvedere::ui {

namespace {

    /// Names of labels that have one and the same value in every series.
    std::set<std::string> common(const model::Matrix& matrix)
    {
        std::map<std::string, std::pair<std::string, std::size_t>> seen;
        std::set<std::string> names;
        for (const auto& series : matrix) {
            for (const auto& label : *series.labels) {
                auto [at, added] = seen.try_emplace(label.name, label.value, 0);
                if (at->second.first == label.value)
                    ++at->second.second;
            }
        }
        for (const auto& [name, value] : seen) {
            if (value.second == matrix.size())
                names.insert(name);
        }
        return names;
    }

}

std::shared_ptr<ChartData> chartOf(const model::Matrix& matrix, qint64 fromMs, qint64 toMs, qint64 stepMs, int pixels)
{
    auto data = std::make_shared<ChartData>();
    data->fromMs = static_cast<double>(fromMs);
    data->toMs = static_cast<double>(toMs);
    data->gapMs = static_cast<double>(stepMs) * 1.5;
    const auto shared = matrix.size() > 1 ? common(matrix) : std::set<std::string>();
    for (const auto& series : matrix) {
        model::LabelsBuilder own(*series.labels);
        for (const auto& name : shared)
            own.remove(name);
        auto column = reduceMinMax(series.timesMs, series.values, fromMs, toMs, pixels);
        ChartSeries out;
        out.name = toQString(own.build().toString());
        if (out.name == QStringLiteral("{}"))
            out.name = toQString(series.labels->toString());
        if (out.name == QStringLiteral("{}"))
            out.name = QStringLiteral("value");
        out.timesMs = std::move(column.timesMs);
        out.values = std::move(column.values);
        data->series.push_back(std::move(out));
    }
    return data;
}

QString commonLabels(const model::Matrix& matrix)
{
    if (matrix.size() < 2)
        return {};
    const auto shared = common(matrix);
    model::LabelsBuilder labels;
    for (const auto& label : *matrix.front().labels) {
        if (shared.contains(label.name))
            labels.set(label.name, label.value);
    }
    const auto built = labels.build();
    return built.empty() ? QString() : toQString(built.toString());
}

void colorSeries(ChartData& data, const Theme& theme)
{
    for (std::size_t i = 0; i < data.series.size(); ++i)
        data.series[i].color = theme.seriesColor(static_cast<int>(i));
}

ChartAxis axisFor(const QString& expr)
{
    ChartAxis axis;
    std::string unit = "short";
    static const QRegularExpression kBytes(QStringLiteral("\\b\\w+_bytes\\b"));
    static const QRegularExpression kSeconds(QStringLiteral("histogram_quantile\\s*\\(.*_seconds(_bucket)?\\b|\\b\\w+_seconds\\b"), QRegularExpression::DotMatchesEverythingOption);
    const bool ratio = expr.contains(QLatin1Char('/'));
    if (kBytes.match(expr).hasMatch() && !ratio) {
        unit = "bytes";
        axis.binary = true;
    } else if (kSeconds.match(expr).hasMatch() && !ratio) {
        unit = "s";
    }
    axis.format = [unit](double value, std::optional<int> decimals) { return toQString(dashboard::formatUnit(unit, value, decimals).toString()); };
    return axis;
}

}
