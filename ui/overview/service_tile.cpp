#include "ui/overview/service_tile.h"

#include "ui/format.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <vector>

namespace belvedere::ui {

ServiceTile::ServiceTile(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setFixedHeight(kHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    connect(this, &QAbstractButton::clicked, this, [this] { Q_EMIT chosen(destination()); });
}

void ServiceTile::setService(const ServiceHealth& service)
{
    m_service = service;
    setText(service.name);
    const QString what = service.reason.isEmpty() ? Theme::stateWord(service.state) : QStringLiteral("%1: %2").arg(Theme::stateWord(service.state), service.reason);
    setAccessibleName(QStringLiteral("%1, %2").arg(service.name, what));
    setToolTip(tr("%1\nClick: what is behind it. Right click: targets, logs, requests").arg(what));
    update();
}

ServiceTile::Destination ServiceTile::destination() const
{
    if (!m_service.firing.isEmpty())
        return Destination::alerts;
    if (m_service.containerState == State::critical)
        return Destination::containers;
    if (m_service.targetsDown > 0)
        return Destination::targets;
    if (m_service.requestsPerSecond)
        return Destination::requests;
    return m_service.containers > 0 ? Destination::logs : Destination::targets;
}

void ServiceTile::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu;
    const auto add = [&](const char* icon, const QString& text, Destination destination, bool enabled) {
        menu.addAction(m_theme.icon(QLatin1StringView(icon)), text, this, [this, destination] { Q_EMIT chosen(destination); })->setEnabled(enabled);
    };
    add("alerts", tr("Firing Alerts"), Destination::alerts, !m_service.firing.isEmpty());
    add("targets", tr("Targets"), Destination::targets, m_service.targets > 0);
    add("containers", tr("Containers"), Destination::containers, m_service.containers > 0);
    add("logs", tr("Logs"), Destination::logs, m_service.containers > 0);
    add("metrics", tr("Requests"), Destination::requests, m_service.requestsPerSecond.has_value());
    menu.exec(event->globalPos());
}

void ServiceTile::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& colors = m_theme.colors();
    const QColor state = m_theme.stateColor(m_service.state);
    const bool troubled = m_service.state == State::critical || m_service.state == State::warning;
    painter.setPen(hasFocus() ? QPen(colors.accent, 2) : QPen(troubled ? blended(colors.raised, state, 0.55) : colors.border, 1));
    painter.setBrush(underMouse() ? blended(colors.raised, colors.hover, 0.6) : colors.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);

    const QRect inner = rect().adjusted(14, 12, -14, -10);
    m_theme.paintState(painter, QRectF(inner.left(), inner.top() + 2, 16, 16), m_service.state);
    painter.setFont(m_theme.titleFont());
    painter.setPen(colors.text);
    const QRect title(inner.left() + 26, inner.top(), inner.width() - 26, 20);
    painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(m_service.name, Qt::ElideRight, title.width()));
    const int nameWidth = painter.fontMetrics().horizontalAdvance(m_service.name);
    painter.setFont(m_theme.smallFont());
    painter.setPen(troubled ? state : colors.textMuted);
    const QRect reason = title.adjusted(nameWidth + 12, 0, 0, 0);
    painter.drawText(reason, Qt::AlignRight | Qt::AlignVCenter, painter.fontMetrics().elidedText(m_service.reason.isEmpty() ? Theme::stateWord(m_service.state) : m_service.reason, Qt::ElideRight, reason.width()));

    QStringList parts;
    if (m_service.containers > 0)
        parts << (m_service.containers == 1 ? tr("container %1").arg(m_service.containerText) : tr("%1 containers, %2").arg(m_service.containers).arg(m_service.containerText));
    if (m_service.targets > 0)
        parts << tr("targets up %1 of %2").arg(m_service.targetsUp).arg(m_service.targets);
    painter.setPen(colors.textMuted);
    painter.drawText(QRect(inner.left(), inner.top() + 24, inner.width(), 18), Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(parts.join(QStringLiteral(" · ")), Qt::ElideRight, inner.width()));
    paintNumbers(painter, QRect(inner.left(), inner.top() + 50, inner.width(), 42));
    paintRate(painter, QRect(inner.left(), inner.top() + 100, inner.width(), inner.height() - 100));
}

void ServiceTile::paintNumbers(QPainter& painter, const QRect& area) const
{
    struct Number {
        QString caption;
        QString value;
        State state;
    };
    const State errors = !m_service.errorRatio || *m_service.errorRatio <= kErrorRatioWarning ? State::ok : *m_service.errorRatio <= kErrorRatioCritical ? State::warning : State::critical;
    // What is not known has no place: a row of dashes would only be noise.
    std::vector<Number> numbers;
    if (m_service.requestsPerSecond)
        numbers.push_back({ tr("req/s"), compactNumber(*m_service.requestsPerSecond), State::ok });
    if (m_service.errorRatio)
        numbers.push_back({ tr("errors"), percentText(*m_service.errorRatio), errors });
    if (m_service.p95Seconds)
        numbers.push_back({ tr("p95"), durationText(*m_service.p95Seconds), State::ok });
    if (m_service.logErrors)
        numbers.push_back({ tr("log errors"), compactNumber(*m_service.logErrors), State::ok });
    const auto& colors = m_theme.colors();
    const int width = area.width() / 4;
    QFont valueFont = m_theme.numberFont();
    valueFont.setPointSizeF(valueFont.pointSizeF() + 1.5);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const QRect cell(area.left() + static_cast<int>(i) * width, area.top(), width - 4, area.height());
        painter.setFont(valueFont);
        painter.setPen(numbers[i].state == State::ok ? colors.text : m_theme.stateColor(numbers[i].state));
        painter.drawText(cell.adjusted(0, 0, 0, -18), Qt::AlignLeft | Qt::AlignVCenter, numbers[i].value);
        painter.setFont(m_theme.smallFont());
        painter.setPen(colors.textFaint);
        painter.drawText(cell.adjusted(0, 24, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, numbers[i].caption);
    }
}

void ServiceTile::paintRate(QPainter& painter, const QRect& area) const
{
    const auto& rates = m_service.rates;
    if (rates.size() < 2 || area.height() < 10)
        return;
    double high = 0;
    for (const double rate : rates)
        high = std::isfinite(rate) ? std::max(high, rate) : high;
    if (high <= 0)
        return;
    const double from = m_service.rateTimesMs.front();
    const double to = m_service.rateTimesMs.back();
    QPolygonF line;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        if (std::isfinite(rates[i]))
            line << QPointF(area.left() + (m_service.rateTimesMs[i] - from) / (to - from) * area.width(), area.bottom() - rates[i] / high * (area.height() - 2));
    }
    if (line.size() < 2)
        return;
    const QColor color = m_theme.colors().accent;
    QPolygonF fill = line;
    fill << QPointF(line.last().x(), area.bottom() + 1) << QPointF(line.first().x(), area.bottom() + 1);
    QColor ground = color;
    ground.setAlphaF(0.12F);
    QPainterPath path;
    path.addPolygon(fill);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillPath(path, ground);
    painter.setPen(QPen(color, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
}

}
