#include "ui/explore/metric_results.h"

#include "ui/chart/legend_table.h"
#include "ui/chart/time_series_view.h"
#include "ui/explore/chart_builder.h"
#include "ui/theme.h"

#include <QHeaderView>
#include <QSplitter>

#include <algorithm>

namespace belvedere::ui {

MetricAnswer metricAnswer(const QueryOutcome& outcome, const MetricRange& range)
{
    MetricAnswer answer;
    if (const auto* matrix = std::get_if<model::Matrix>(&outcome->front()->data)) {
        answer.chart = chartOf(*matrix, range.fromMs, range.toMs, range.stepMs, range.pixels);
        answer.common = commonLabels(*matrix);
        answer.series = matrix->size();
        for (const auto& series : *matrix)
            answer.samples += series.values.size();
        answer.table = lastSamples(*matrix);
    } else {
        answer.chart = std::make_shared<ChartData>();
    }
    const auto& instant = outcome->back();
    if (instant && std::holds_alternative<model::Vector>(instant->data))
        answer.table = std::get<model::Vector>(instant->data);
    else if (instant && std::holds_alternative<model::Scalar>(instant->data))
        answer.table = { { model::makeLabels({}), std::get<model::Scalar>(instant->data).timeMs, std::get<model::Scalar>(instant->data).value } };
    return answer;
}

MetricResults::MetricResults(const Theme& theme, QWidget* parent)
    : QTabWidget(parent)
    , m_theme(theme)
{
    setDocumentMode(true);
    auto* graph = new QSplitter(Qt::Vertical, this);
    m_chart = new TimeSeriesView(theme, graph);
    m_chart->setObjectName(QStringLiteral("explore.graph"));
    m_legend = new LegendTable(theme, graph);
    graph->addWidget(m_chart);
    graph->addWidget(m_legend);
    graph->setStretchFactor(0, 3);
    graph->setStretchFactor(1, 1);
    graph->setSizes({ 360, 180 });
    graph->setCollapsible(0, false);
    m_table = new TableView(theme, this);
    m_table->setAccessibleName(tr("Result"));
    m_tableSorted.setSourceModel(&m_tableModel);
    m_tableSorted.setSortRole(SortRole);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setModel(&m_tableSorted);
    addTab(graph, theme.icon(QStringLiteral("chart")), tr("Graph"));
    addTab(m_table, theme.icon(QStringLiteral("table")), tr("Table"));
    connect(m_chart, &TimeSeriesView::zoomRequested, this, &MetricResults::zoomRequested);
    connect(m_chart, &TimeSeriesView::zoomOutRequested, this, &MetricResults::zoomOutRequested);
    connect(m_legend, &LegendTable::seriesHovered, m_chart, &TimeSeriesView::setHighlighted);
    connect(m_legend, &LegendTable::seriesClicked, this, &MetricResults::toggleSeries);
    connect(&theme, &Theme::changed, this, &MetricResults::recolor);
}

void MetricResults::show(MetricAnswer answer, const QString& expr)
{
    m_data = std::move(answer.chart);
    m_data->left = axisFor(expr);
    addLegendNumbers(*m_data);
    m_legend->setToolTip(answer.common.isEmpty() ? QString() : tr("All have %1").arg(answer.common));
    m_tableModel.setVector(std::move(answer.table));
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setStretchLastSection(true);
    recolor();
}

void MetricResults::setSpans(std::vector<ChartSpan> spans) { m_chart->setSpans(std::move(spans)); }

void MetricResults::setChart(std::shared_ptr<ChartData> chart)
{
    m_data = std::move(chart);
    m_chart->setData(m_data);
    m_legend->setChart(m_data);
}

void MetricResults::recolor()
{
    if (!m_data)
        return;
    // Charts share the data; a new look is a new value.
    auto chart = std::make_shared<ChartData>(*m_data);
    colorSeries(*chart, m_theme);
    setChart(std::move(chart));
}

void MetricResults::toggleSeries(int clicked, bool toggle)
{
    if (!m_data)
        return;
    auto chart = std::make_shared<ChartData>(*m_data);
    auto& series = chart->series;
    const auto at = static_cast<std::size_t>(clicked);
    if (toggle) {
        series[at].hidden = !series[at].hidden;
    } else {
        const bool alone = !series[at].hidden && std::ranges::count(series, false, &ChartSeries::hidden) == 1;
        for (std::size_t i = 0; i < series.size(); ++i)
            series[i].hidden = !alone && i != at;
    }
    m_chart->setHighlighted(-1);
    setChart(std::move(chart));
}

QString MetricResults::toText() const { return currentIndex() == 0 ? m_legend->toText(true) : m_table->toText(true); }

}
