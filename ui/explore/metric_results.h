#pragma once

#include "ui/explore/result_table.h"
#include "ui/query_runner.h"

#include <QSortFilterProxyModel>
#include <QTabWidget>

#include <memory>

namespace belvedere::ui {

struct ChartData;
struct ChartSpan;
class LegendTable;
class TableView;
class Theme;
class TimeSeriesView;

/// What a metric query was asked for: Unix milliseconds and columns of pixels.
struct MetricRange {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    qint64 stepMs = 0;
    int pixels = 1000;
};

/// An answer in the form in which it is shown. Made in the worker.
struct MetricAnswer {
    std::shared_ptr<ChartData> chart;
    model::Vector table;
    QString common; ///< labels that all series have
    std::size_t series = 0;
    std::size_t samples = 0;
};
/// `outcome`: the range query first, the instant one last.
[[nodiscard]] MetricAnswer metricAnswer(const QueryOutcome& outcome, const MetricRange& range);

/// The answer to a metric query: a graph with its legend, and a table of the newest values.
class MetricResults : public QTabWidget {
    Q_OBJECT

public:
    explicit MetricResults(const Theme& theme, QWidget* parent = nullptr);

    /// `expr` says what the numbers are: bytes, seconds.
    void show(MetricAnswer answer, const QString& expr);
    /// Times to mark in the graph.
    void setSpans(std::vector<ChartSpan> spans);
    /// What is in front, as text.
    [[nodiscard]] QString toText() const;

Q_SIGNALS:
    void zoomRequested(qint64 fromMs, qint64 toMs);
    void zoomOutRequested();

private:
    void recolor();
    /// A click shows one series alone, or all again; with `toggle` it hides or shows that one.
    void toggleSeries(int series, bool toggle);
    void setChart(std::shared_ptr<ChartData> chart);

    const Theme& m_theme;
    TimeSeriesView* m_chart;
    LegendTable* m_legend;
    TableView* m_table;
    ResultTableModel m_tableModel;
    QSortFilterProxyModel m_tableSorted;
    std::shared_ptr<ChartData> m_data;
};

}
