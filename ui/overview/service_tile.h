#pragma once

#include "ui/overview/service_health.h"

#include <QAbstractButton>

namespace belvedere::ui {

/// One service at a glance: state and reason, four numbers, requests over time. A click leads to what is wrong; the menu
/// to everything else.
class ServiceTile : public QAbstractButton {
    Q_OBJECT

public:
    enum class Destination { alerts, targets, containers, requests, logs };

    static constexpr int kHeight = 156;

    ServiceTile(const Theme& theme, QWidget* parent);

    void setService(const ServiceHealth& service);
    [[nodiscard]] const ServiceHealth& service() const { return m_service; }
    /// Where a click leads.
    [[nodiscard]] Destination destination() const;
    [[nodiscard]] QSize sizeHint() const override { return { 280, kHeight }; }

Q_SIGNALS:
    void chosen(belvedere::ui::ServiceTile::Destination destination);

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void paintNumbers(QPainter& painter, const QRect& area) const;
    void paintRate(QPainter& painter, const QRect& area) const;

    const Theme& m_theme;
    ServiceHealth m_service;
};

}
