#pragma once

#include "ui/panels/panel_view.h"

#include <QRectF>

#include <memory>
#include <vector>

class QPainter;

namespace belvedere::ui {

/// Base of the views that paint a grid of single values: stat, gauge, bar gauge.
class PaintedView : public PanelView {
    Q_OBJECT

public:
    PaintedView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;
    [[nodiscard]] QString toText() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return { 40, 30 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

    virtual void paintValue(QPainter& painter, const QRectF& cell, const dashboard::ReducedValue& value, bool named) const = 0;
    /// Cells for `count` values; in rows or columns, whichever leaves them the better shape.
    [[nodiscard]] virtual std::vector<QRectF> cells(std::size_t count) const;

    [[nodiscard]] const Json& options() const;
    [[nodiscard]] const PanelContent& content() const { return *m_content; }
    /// How the values of a column are coloured and scaled.
    [[nodiscard]] dashboard::Display displayOf(const dashboard::ReducedValue& value) const { return dashboard::displayOf(*value.field, m_content->palette, m_content->format); }
    [[nodiscard]] const Theme& theme() const { return m_theme; }
    /// The largest font with which `text` fits into `size`, within limits.
    [[nodiscard]] QFont fittingFont(const QString& text, const QSizeF& size, double largest) const;
    /// The colour, darker or lighter as far as large text in it needs to be read.
    [[nodiscard]] QColor legible(QColor color) const;
    [[nodiscard]] bool vertical() const; ///< values stand side by side

private:
    const Theme& m_theme;
    std::shared_ptr<const Json> m_panel;
    PanelContentPtr m_content;
    std::vector<dashboard::ReducedValue> m_values;
};

}
