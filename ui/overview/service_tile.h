#pragma once

#include "ui/overview/service_health.h"

#include <QAbstractButton>

namespace belvedere::ui {

/// One service at a glance: state and reason, its telling figures, the main one over time, and what it was over the
/// range. A click leads to what is wrong, else to its dashboard; the menu to everything else.
class ServiceTile : public QAbstractButton {
    Q_OBJECT

public:
    enum class Destination { alerts, targets, containers, dashboard, explore, logs };

    static constexpr int kMinimumHeight = 158;

    ServiceTile(const Theme& theme, QWidget* parent);

    void setService(const ServiceHealth& service);
    [[nodiscard]] const ServiceHealth& service() const { return m_service; }
    /// Where a click leads.
    [[nodiscard]] Destination destination() const;
    [[nodiscard]] QSize sizeHint() const override { return { 280, kMinimumHeight }; }

Q_SIGNALS:
    void chosen(belvedere::ui::ServiceTile::Destination destination);

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    [[nodiscard]] QString facts() const;
    void paintHead(QPainter& painter, const QRect& area) const;
    void paintFigures(QPainter& painter, const QRect& area) const;
    void paintGraph(QPainter& painter, const QRect& whole) const;
    void paintHistory(QPainter& painter, const QRect& area) const;

    const Theme& m_theme;
    ServiceHealth m_service;
};

}
