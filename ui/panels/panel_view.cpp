#include "ui/panels/panel_view.h"

#include "ui/panels/bar_gauge_view.h"
#include "ui/panels/frame_table_view.h"
#include "ui/panels/gauge_view.h"
#include "ui/panels/lines_view.h"
#include "ui/panels/placeholder_view.h"
#include "ui/panels/series_view.h"
#include "ui/panels/stat_view.h"
#include "ui/panels/text_view.h"

namespace belvedere::ui {

PanelView* makePanelView(std::string_view type, const Theme& theme, QWidget* parent)
{
    if (type == "timeseries" || type == "graph")
        return new SeriesView(theme, parent);
    if (type == "stat" || type == "singlestat")
        return new StatView(theme, parent);
    if (type == "gauge")
        return new GaugeView(theme, parent);
    if (type == "bargauge")
        return new BarGaugeView(theme, parent);
    if (type == "table")
        return new FrameTableView(theme, parent);
    if (type == "logs")
        return new LinesView(theme, parent);
    if (type == "text")
        return new TextView(theme, parent);
    return new PlaceholderView(theme, parent);
}

bool canDraw(std::string_view type)
{
    for (const auto known : { "timeseries", "graph", "stat", "singlestat", "gauge", "bargauge", "table", "logs", "text", "row" }) {
        if (type == known)
            return true;
    }
    return false;
}

bool needsNoData(std::string_view type) { return type == "text" || type == "row" || !canDraw(type); }

}
