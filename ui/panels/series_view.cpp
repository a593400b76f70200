#include "ui/panels/series_view.h"

#include "core/dashboard/reducers.h"
#include "core/dashboard/value.h"
#include "ui/chart/legend_table.h"
#include "ui/chart/reduce.h"
#include "ui/format.h"
#include "ui/panels/legend_list.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QResizeEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>

namespace belvedere::ui {

namespace {

using dashboard::Display;

ChartSeries::Draw drawStyle(const Json& custom)
{
    const auto style = custom["drawStyle"].text();
    return style == "bars" ? ChartSeries::Draw::bars : style == "points" ? ChartSeries::Draw::points : ChartSeries::Draw::line;
}

/// Which stack a series belongs to; "" for none. Series below the axis stack downwards by themselves.
std::string stackOf(const Json& custom)
{
    const auto mode = custom["stacking"]["mode"].text();
    if (mode.empty() || mode == "none")
        return {};
    // A group may be a name, or `false` for a series that stands by itself.
    const auto& group = custom["stacking"]["group"];
    return std::string(mode) + "/" + (group.isNull() ? std::string("A") : group.isString() ? group.toString() : group.write()) + (custom["transform"].text() == "negative-Y" ? "/below" : "");
}

/// Lays series of one stack upon each other. They share their times in the usual case, that all come from one query;
/// where one has no sample, it adds nothing.
void stack(std::vector<ChartSeries*> series, bool percent)
{
    std::map<double, double> totals, heights;
    if (percent) {
        for (const auto* one : series) {
            for (std::size_t i = 0; i < one->timesMs.size(); ++i)
                totals[one->timesMs[i]] += std::isfinite(one->values[i]) ? std::fabs(one->values[i]) : 0;
        }
    }
    for (auto* one : series) {
        one->base.assign(one->values.size(), 0);
        for (std::size_t i = 0; i < one->values.size(); ++i) {
            if (!std::isfinite(one->values[i]))
                continue;
            auto& height = heights[one->timesMs[i]];
            double value = one->values[i];
            if (percent)
                value = totals[one->timesMs[i]] > 0 ? value / totals[one->timesMs[i]] : 0;
            one->base[i] = height;
            height += value;
            one->values[i] = height;
        }
    }
}

struct Source {
    const model::Field* time;
    const dashboard::ShownField* value;
    const Display* display;
};

std::vector<Source> sourcesOf(const PanelContent& content)
{
    std::vector<Source> out;
    for (std::size_t f = 0; f < content.data.frames.size(); ++f) {
        const auto& fields = content.data.frames[f].fields;
        const auto time = std::find_if(fields.begin(), fields.end(), [](const dashboard::ShownField& field) { return field.column.type == model::Field::Type::time; });
        if (time == fields.end())
            continue;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].column.type == model::Field::Type::number && !fields[i].config.custom["hideFrom"]["viz"].toBool())
                out.push_back({ &time->column, &fields[i], &content.displays[f][i] });
        }
    }
    return out;
}

/// The numbers of the legend, of all samples: not of those that are left after reducing.
std::vector<LegendValue> legendOf(const Source& source, const std::vector<std::string>& calcs)
{
    std::vector<LegendValue> out;
    for (const auto& calc : calcs) {
        const auto value = dashboard::reduce(calc, source.value->column);
        const bool hasUnit = dashboard::reducerKeepsUnit(calc);
        out.push_back({ dashboard::numberOf(value), toQString(dashboard::isNull(value) ? std::string() : hasUnit ? (*source.display)(value).toString() : dashboard::textOf(value)) });
    }
    return out;
}

}

std::shared_ptr<const ChartData> chartOf(const PanelContent& content, const Json& panel, const std::vector<bool>& hidden, int pixels)
{
    auto data = std::make_shared<ChartData>();
    const auto& range = content.data.range;
    data->fromMs = static_cast<double>(range.fromMs);
    data->toMs = static_cast<double>(range.toMs);
    // Three missed steps are a gap; fewer may be a late scrape.
    data->gapMs = 3.5 * static_cast<double>(content.data.intervalMs);
    const auto sources = sourcesOf(content);
    const Display* left = nullptr;
    const Display* right = nullptr;
    std::map<std::string, std::vector<std::size_t>> stacks;
    std::vector<std::string> calcs;
    for (const auto& calc : panel["options"]["legend"]["calcs"].items()) {
        calcs.push_back(dashboard::canonicalReducer(calc.text()));
        data->legendColumns << toQString(dashboard::reducerName(calcs.back()));
    }
    bool leftIsPercentStack = false;

    for (const auto& source : sources) {
        const auto& display = *source.display;
        const auto& custom = display.config().custom;
        ChartSeries series;
        series.name = toQString(source.value->name);
        const auto& times = std::get<std::vector<std::int64_t>>(source.time->values);
        const auto& column = source.value->column;
        std::vector<double> values(column.size());
        const double sign = custom["transform"].text() == "negative-Y" ? -1 : 1;
        double last = std::nan("");
        for (std::size_t row = 0; row < values.size(); ++row) {
            values[row] = column.isNull(row) ? std::nan("") : sign * dashboard::numberOf(dashboard::valueAt(column, row));
            if (std::isfinite(values[row]))
                last = sign * values[row];
        }
        const auto stackName = stackOf(custom);
        // Stacked series keep all their samples: they must meet at the same times.
        if (stackName.empty()) {
            auto reduced = reduceMinMax(times, values, range.fromMs, range.toMs, pixels);
            series.timesMs = std::move(reduced.timesMs);
            series.values = std::move(reduced.values);
        } else {
            series.timesMs.assign(times.begin(), times.end());
            series.values = std::move(values);
        }
        series.color = toQColor(display.seriesColor(last));
        series.draw = drawStyle(custom);
        series.width = custom["lineWidth"].looseNumber().value_or(1) > 0 ? 1 : 0;
        series.stepped = custom["lineInterpolation"].text().starts_with("step");
        series.dashed = custom["lineStyle"]["fill"].text() == "dash" || custom["lineStyle"]["fill"].text() == "dot";
        series.fillOpacity = custom["fillOpacity"].looseNumber().value_or(0) / 100;
        series.showPoints = custom["showPoints"].text() == "always" || series.draw == ChartSeries::Draw::points;
        const auto placement = custom["axisPlacement"].text();
        // Another unit than that of the left axis has an axis of its own.
        series.rightAxis = placement == "right" || (placement != "left" && left && left->config().unit != display.config().unit);
        series.legend = legendOf(source, calcs);
        if (data->series.size() < hidden.size())
            series.hidden = hidden[data->series.size()];
        auto& axis = series.rightAxis ? data->right : data->left;
        auto& axisDisplay = series.rightAxis ? right : left;
        if (!axisDisplay) {
            axisDisplay = source.display;
            axis.min = display.config().min;
            axis.max = display.config().max;
            axis.decimals = display.config().decimals;
            axis.softMin = custom["axisSoftMin"].looseNumber();
            axis.softMax = custom["axisSoftMax"].looseNumber();
            axis.centeredZero = custom["axisCenteredZero"].toBool();
            axis.logarithmic = custom["scaleDistribution"]["type"].text() == "log";
            axis.binary = display.config().unit == "bytes" || display.config().unit == "kbytes" || display.config().unit == "mbytes";
            axis.label = toQString(custom["axisLabel"].text());
        }
        if (sign < 0)
            axis.min.reset();
        if (!stackName.empty() && !series.hidden)
            stacks[stackName].push_back(data->series.size());
        leftIsPercentStack = leftIsPercentStack || stackName.starts_with("percent");
        data->series.push_back(std::move(series));
    }
    for (const auto& [name, members] : stacks) {
        std::vector<ChartSeries*> series;
        for (const auto index : members)
            series.push_back(&data->series[index]);
        stack(std::move(series), name.starts_with("percent"));
    }

    const auto formatter = [](const Display* display) {
        return [display = *display](double value, std::optional<int> decimals) { return toQString(decimals ? display.axisText(value, *decimals) : display(dashboard::Value(value)).toString()); };
    };
    if (leftIsPercentStack) {
        data->left.format = [](double value, std::optional<int> decimals) { return toQString(dashboard::formatUnit("percentunit", value, decimals).toString()); };
        // Limits are of the values, not of their shares; graphs of old have a maximum of 100 here.
        data->left.min.reset();
        data->left.max.reset();
        data->left.softMin = 0;
        data->left.softMax = 1;
    } else if (left) {
        data->left.format = formatter(left);
    }
    if (right)
        data->right.format = formatter(right);

    // Lines of the thresholds, where the panel shows them.
    const auto& defaults = panel["fieldConfig"]["defaults"];
    const auto style = defaults["custom"]["thresholdsStyle"]["mode"].toString("off");
    if (left && left->config().thresholds && style != "off") {
        for (const auto& step : left->config().thresholds->steps) {
            if (!std::isfinite(step.value) || step.color == "transparent")
                continue;
            const double at = left->config().thresholds->percentage ? left->range().min + step.value / 100 * left->range().delta() : step.value;
            data->thresholds.push_back({ at, toQColor(content.palette.named(step.color)), style.find("area") != std::string_view::npos });
        }
    }
    return data;
}

SeriesView::SeriesView(const Theme& theme, QWidget* parent)
    : PanelView(parent)
    , m_chart(new TimeSeriesView(theme, this))
    , m_list(new LegendList(theme, this))
    , m_table(new LegendTable(theme, this))
    , m_layout(new QBoxLayout(QBoxLayout::TopToBottom, this))
    , m_panel(std::make_shared<const Json>())
    , m_content(std::make_shared<const PanelContent>())
{
    m_layout->setContentsMargins(4, 0, 4, 4);
    m_layout->setSpacing(4);
    m_layout->addWidget(m_chart, 1);
    m_layout->addWidget(m_list);
    m_layout->addWidget(m_table);
    connect(m_chart, &TimeSeriesView::crosshairMoved, this, &PanelView::crosshairMoved);
    connect(m_chart, &TimeSeriesView::zoomRequested, this, &PanelView::zoomRequested);
    connect(m_chart, &TimeSeriesView::zoomOutRequested, this, &PanelView::zoomOutRequested);
    connect(m_list, &LegendList::seriesClicked, this, &SeriesView::toggleSeries);
    connect(m_list, &LegendList::seriesHovered, m_chart, &TimeSeriesView::setHighlighted);
    connect(m_table, &LegendTable::seriesClicked, this, &SeriesView::toggleSeries);
    connect(m_table, &LegendTable::seriesHovered, m_chart, &TimeSeriesView::setHighlighted);
}

void SeriesView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    // What was hidden stays hidden while the series are the same ones.
    const bool sameSeries = sourcesOf(*m_content).size() == sourcesOf(*content).size();
    if (!sameSeries)
        m_hidden.clear();
    m_panel = panel;
    m_content = content;
    rebuild();
    placeLegend();
    if (!m_sortedOnce && !m_chart->data()->series.empty()) {
        const auto& legend = (*m_panel)["options"]["legend"];
        m_table->sortBy(toQString(legend["sortBy"].text()), legend["sortDesc"].toBool());
        m_sortedOnce = true; // from here on the person's order counts
    }
}

void SeriesView::placeLegend()
{
    const auto& legend = (*m_panel)["options"]["legend"];
    const bool shown = legend["showLegend"].toBool(true) && legend["displayMode"].text() != "hidden";
    const bool right = legend["placement"].text() == "right" && width() > 360;
    const bool table = legend["displayMode"].text() == "table";
    m_layout->setDirection(right ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_list->setVisible(shown && !table && height() > 90);
    m_table->setVisible(shown && table && height() > 140);
    m_list->setColumn(right);
    if (right) {
        m_list->setMaximumSize(width() / 3, QWIDGETSIZE_MAX);
        m_table->setFixedWidth(std::clamp(m_table->sizeHint().width(), width() / 5, width() / 2));
        m_table->setMaximumHeight(QWIDGETSIZE_MAX);
    } else {
        m_list->setMaximumSize(QWIDGETSIZE_MAX, std::max(20, height() / 4));
        m_table->setMinimumWidth(0);
        m_table->setMaximumSize(QWIDGETSIZE_MAX, std::min(height() * 2 / 5, m_table->sizeHint().height()));
    }
}

void SeriesView::rebuild()
{
    m_builtFor = std::max(100, m_chart->width());
    const auto chart = chartOf(*m_content, *m_panel, m_hidden, m_builtFor);
    m_chart->setData(chart);
    m_list->setChart(chart);
    m_table->setChart(chart);
}

void SeriesView::toggleSeries(int series, bool add)
{
    const auto count = m_chart->data()->series.size();
    m_hidden.resize(count, false);
    const auto at = static_cast<std::size_t>(series);
    if (add) {
        m_hidden[at] = !m_hidden[at];
    } else {
        const bool alone = !m_hidden[at] && std::count(m_hidden.begin(), m_hidden.end(), false) == 1;
        m_hidden.assign(count, !alone);
        m_hidden[at] = false;
    }
    rebuild();
}

void SeriesView::setCrosshair(std::optional<double> timeMs, bool tooltip) { m_chart->setCrosshair(timeMs, tooltip); }

void SeriesView::setSpans(const std::vector<ChartSpan>& spans) { m_chart->setSpans(spans); }

QString SeriesView::toText() const
{
    QString out = tr("Series") + QLatin1Char('\t') + tr("Time") + QLatin1Char('\t') + tr("Value") + QLatin1Char('\n');
    for (const auto& source : sourcesOf(*m_content)) {
        const auto& times = std::get<std::vector<std::int64_t>>(source.time->values);
        for (std::size_t row = 0; row < times.size(); ++row)
            out += toQString(source.value->name) + QLatin1Char('\t') + dateTimeText(times[row]) + QLatin1Char('\t') + toQString(dashboard::textOf(dashboard::valueAt(source.value->column, row))) + QLatin1Char('\n');
    }
    return out;
}

void SeriesView::resizeEvent(QResizeEvent* event)
{
    PanelView::resizeEvent(event);
    placeLegend();
    // Reduced for another width: only worth doing again when that differs visibly.
    if (std::abs(m_chart->width() - m_builtFor) > m_builtFor / 4)
        rebuild();
}

}
