#pragma once

#include "core/base/json.h"
#include "ui/panels/panel_content.h"

#include <QColor>
#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace belvedere::ui {

class Theme;
struct ChartSpan;

/// The inside of a panel: draws finished content. One subclass a panel type of Grafana's.
/// `panel` is the panel of the dashboard document, in its present schema.
class PanelView : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Shows `content`; repaints only if something visible changes. Both arguments live as long as the view or its next
    /// show().
    virtual void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) = 0;
    /// The crosshair of another panel, with the values at its time if `tooltip`.
    virtual void setCrosshair(std::optional<double> timeMs, bool tooltip = false)
    {
        Q_UNUSED(timeMs)
        Q_UNUSED(tooltip)
    }
    /// Times to mark, where time runs along an axis.
    virtual void setSpans(const std::vector<ChartSpan>& spans) { Q_UNUSED(spans) }
    /// What Copy puts on the clipboard; tab-separated.
    [[nodiscard]] virtual QString toText() const { return {}; }

Q_SIGNALS:
    void crosshairMoved(std::optional<double> timeMs);
    void zoomRequested(qint64 fromMs, qint64 toMs);
    void zoomOutRequested();
};

/// The view for a panel type; a named placeholder for a type that is not drawn.
[[nodiscard]] PanelView* makePanelView(std::string_view type, const Theme& theme, QWidget* parent);
/// False: the panel is shown as a placeholder.
[[nodiscard]] bool canDraw(std::string_view type);
/// True: the type shows no data and needs no query.
[[nodiscard]] bool needsNoData(std::string_view type);

[[nodiscard]] inline QColor toQColor(dashboard::Color color) { return { color.red, color.green, color.blue, color.alpha }; }

}
