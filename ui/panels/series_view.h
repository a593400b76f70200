#pragma once

#include "ui/chart/time_series_view.h"
#include "ui/panels/panel_view.h"

class QBoxLayout;

namespace belvedere::ui {

class LegendList;
class LegendTable;

/// Grafana's time series: lines, bars or points over time, stacked or not, with a legend that can be clicked.
class SeriesView : public PanelView {
    Q_OBJECT

public:
    SeriesView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;
    void setCrosshair(std::optional<double> timeMs, bool tooltip) override;
    void setSpans(const std::vector<ChartSpan>& spans) override;
    [[nodiscard]] QString toText() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void rebuild();
    void placeLegend();
    /// A click shows one series alone, or all again; with Ctrl it hides or shows that one.
    void toggleSeries(int series, bool add);

    TimeSeriesView* m_chart;
    LegendList* m_list;
    LegendTable* m_table;
    QBoxLayout* m_layout;
    std::shared_ptr<const Json> m_panel;
    PanelContentPtr m_content;
    std::vector<bool> m_hidden; ///< by the person, for this view of the panel
    bool m_sortedOnce = false;
    int m_builtFor = 0;         ///< plot width that the data were reduced for
};

/// The chart of a panel, reduced for `pixels` columns; `hidden` as toggled in the legend.
[[nodiscard]] std::shared_ptr<const ChartData> chartOf(const PanelContent& content, const Json& panel, const std::vector<bool>& hidden, int pixels);

}
