#include "ui/overview/service_tile.h"

#include "ui/format.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace belvedere::ui {

namespace {
    constexpr int kPadding = 14;
    constexpr int kFigureWidth = 76;
    constexpr int kLargeFigureWidth = 104;
    constexpr int kHistoryHeight = 8;
    constexpr int kCaptionedFrom = 70; ///< height of a graph
    constexpr int kLargeFrom = 240; ///< a tile as high as this has larger figures
}

ServiceTile::ServiceTile(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    setMinimumHeight(kMinimumHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    connect(this, &QAbstractButton::clicked, this, [this] { Q_EMIT chosen(destination()); });
}

void ServiceTile::setService(const ServiceHealth& service)
{
    m_service = service;
    setText(service.name);
    QString what = Theme::stateWord(service.state);
    if (!service.reasons.isEmpty())
        what += QStringLiteral(": ") + service.reasons.join(QStringLiteral(", "));
    setAccessibleName(QStringLiteral("%1, %2").arg(service.name, what));
    QStringList lines { what };
    if (const auto known = facts(); !known.isEmpty())
        lines << known;
    for (const auto& figure : service.figures)
        lines << QStringLiteral("%1: %2").arg(figure.caption, figureText(figure.unit, figure.value));
    setAccessibleDescription(lines.mid(1).join(QStringLiteral(", ")));
    lines << tr("The marks below: up, alerts and failures over the time range") << tr("Click: what is behind it. Right click: targets, containers, logs, metrics");
    setToolTip(lines.join(QLatin1Char('\n')));
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
    if (!m_service.dashboard.isEmpty())
        return Destination::dashboard;
    if (m_service.targets > 0)
        return Destination::explore;
    return Destination::logs;
}

void ServiceTile::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu;
    const auto add = [&](const char* icon, const QString& text, Destination destination, bool enabled) {
        menu.addAction(m_theme.icon(QLatin1StringView(icon)), text, this, [this, destination] { Q_EMIT chosen(destination); })->setEnabled(enabled);
    };
    add("alerts", tr("Firing &Alerts"), Destination::alerts, !m_service.firing.isEmpty());
    add("dashboards", tr("&Dashboard"), Destination::dashboard, !m_service.dashboard.isEmpty());
    add("metrics", tr("&Metrics in Explore"), Destination::explore, m_service.targets > 0);
    add("logs", tr("&Logs"), Destination::logs, m_service.containers > 0);
    add("targets", tr("&Targets"), Destination::targets, m_service.targets > 0);
    add("containers", tr("&Containers"), Destination::containers, m_service.containers > 0);
    menu.exec(event->globalPos());
}

QString ServiceTile::facts() const
{
    QStringList parts;
    if (m_service.containers > 0)
        parts << (m_service.containers == 1 ? tr("container %1").arg(m_service.containerText) : tr("%1 containers, %2").arg(m_service.containers).arg(m_service.containerText));
    if (m_service.targets > 0)
        parts << (m_service.targets == 1 && m_service.targetsUp == 1 ? tr("target up") : tr("targets up %1 of %2").arg(m_service.targetsUp).arg(m_service.targets));
    return parts.join(QStringLiteral(" · "));
}

void ServiceTile::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& colors = m_theme.colors();
    const bool troubled = m_service.state == State::critical || m_service.state == State::warning;
    const QColor state = m_theme.stateColor(m_service.state);
    painter.setPen(hasFocus() ? QPen(colors.accent, 2) : QPen(troubled ? blended(colors.raised, state, 0.6) : colors.border, 1));
    QColor ground = m_service.state == State::critical ? blended(colors.raised, state, 0.06) : colors.raised;
    if (underMouse())
        ground = blended(ground, colors.hover, 0.6);
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);

    const QRect inner = rect().adjusted(kPadding, 12, -kPadding, -10);
    paintHead(painter, QRect(inner.left(), inner.top(), inner.width(), 42));
    const int figuresHeight = height() >= kLargeFrom ? 50 : 42;
    paintFigures(painter, QRect(inner.left(), inner.top() + 48, inner.width(), figuresHeight));
    const int graphTop = inner.top() + 48 + figuresHeight + 8;
    paintGraph(painter, QRect(inner.left(), graphTop, inner.width(), inner.bottom() - kHistoryHeight - 6 - graphTop));
    paintHistory(painter, QRect(inner.left(), inner.bottom() - kHistoryHeight + 1, inner.width(), kHistoryHeight));
}

void ServiceTile::paintHead(QPainter& painter, const QRect& area) const
{
    const auto& colors = m_theme.colors();
    const bool troubled = m_service.state == State::critical || m_service.state == State::warning;
    const QColor state = m_theme.stateColor(m_service.state);
    m_theme.paintState(painter, QRectF(area.left(), area.top() + 2, 16, 16), m_service.state);

    QRect line(area.left() + 26, area.top(), area.width() - 26, 20);
    painter.setFont(m_theme.smallFont());
    painter.setPen(troubled ? state : colors.textMuted);
    const QString word = Theme::stateWord(m_service.state);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, word);
    line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(word) - 12);
    painter.setFont(m_theme.titleFont());
    painter.setPen(colors.text);
    const QString name = painter.fontMetrics().elidedText(m_service.name, Qt::ElideRight, line.width());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
    line.setLeft(line.left() + painter.fontMetrics().horizontalAdvance(name) + 8);
    painter.setFont(m_theme.smallFont());
    painter.setPen(colors.textFaint);
    if (m_service.kind.compare(m_service.name, Qt::CaseInsensitive) != 0 && painter.fontMetrics().horizontalAdvance(m_service.kind) <= line.width())
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_service.kind);

    // What is wrong takes the place of what is usual.
    painter.setPen(troubled ? state : colors.textMuted);
    const QString below = m_service.reasons.isEmpty() ? facts() : m_service.reasons.join(QStringLiteral(" · "));
    painter.drawText(QRect(area.left(), area.top() + 23, area.width(), 19), Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(below, Qt::ElideRight, area.width()));
}

void ServiceTile::paintFigures(QPainter& painter, const QRect& area) const
{
    // What is not known has no place: a row of dashes would only be noise.
    const auto& figures = m_service.figures;
    if (figures.empty())
        return;
    const auto& colors = m_theme.colors();
    const bool large = height() >= kLargeFrom;
    const int columns = std::clamp(area.width() / (large ? kLargeFigureWidth : kFigureWidth), 1, 6);
    const int shown = std::min<int>(columns, static_cast<int>(figures.size()));
    const int width = area.width() / std::max(shown, std::min(columns, 4));
    QFont valueFont = m_theme.numberFont();
    valueFont.setPointSizeF(valueFont.pointSizeF() + (large ? 5 : 2));
    const int captionHeight = 18;
    for (int i = 0; i < shown; ++i) {
        const auto& figure = figures[static_cast<std::size_t>(i)];
        const QRect cell(area.left() + i * width, area.top(), width - 6, area.height());
        const auto text = figureText(figure.unit, figure.value);
        QFont font = valueFont;
        while (QFontMetrics(font).horizontalAdvance(text) > cell.width() && font.pointSizeF() > m_theme.smallFont().pointSizeF())
            font.setPointSizeF(font.pointSizeF() - 1);
        painter.setFont(font);
        painter.setPen(figure.state == State::ok ? colors.text : m_theme.stateColor(figure.state));
        painter.drawText(cell.adjusted(0, 0, 0, -captionHeight), Qt::AlignLeft | Qt::AlignVCenter, text);
        painter.setFont(m_theme.smallFont());
        painter.setPen(colors.textFaint);
        const QRect caption(cell.left(), cell.bottom() - captionHeight + 1, cell.width(), captionHeight);
        painter.drawText(caption, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(figure.caption, Qt::ElideRight, caption.width()));
    }
}

void ServiceTile::paintGraph(QPainter& painter, const QRect& whole) const
{
    const auto& graph = m_service.graph;
    const auto& times = graph.timesMs;
    const auto& values = graph.values;
    if (values.size() < 2 || whole.height() < 12)
        return;
    const auto& colors = m_theme.colors();
    const double high = std::max(*std::ranges::max_element(values), 1e-9);
    QRect area = whole;
    if (whole.height() >= kCaptionedFrom) {
        // Room enough to say what is drawn and how high it goes.
        const QRect captions(whole.left(), whole.top(), whole.width(), 18);
        painter.setFont(m_theme.smallFont());
        painter.setPen(colors.textFaint);
        painter.drawText(captions, Qt::AlignLeft | Qt::AlignVCenter, graph.caption);
        painter.drawText(captions, Qt::AlignRight | Qt::AlignVCenter, tr("at most %1").arg(figureText(graph.unit, high)));
        area.setTop(captions.bottom() + 3);
        painter.fillRect(QRectF(area.left(), area.top(), area.width(), 1), colors.grid);
    }
    // Over the same range as the marks below, so that both tell of one moment at one place.
    const double from = std::min(graph.fromMs, times.front());
    const double span = std::max(std::max(graph.toMs, times.back()) - from, 1.0);
    QPolygonF line;
    for (std::size_t i = 0; i < values.size(); ++i)
        line << QPointF(area.left() + (times[i] - from) / span * area.width(), area.bottom() - std::max(values[i], 0.0) / high * (area.height() - 2));
    QPolygonF fill = line;
    fill << QPointF(line.last().x(), area.bottom() + 1) << QPointF(line.first().x(), area.bottom() + 1);
    QPainterPath path;
    path.addPolygon(fill);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillPath(path, blended(colors.raised, colors.accent, 0.13));
    painter.setPen(QPen(colors.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    painter.setRenderHint(QPainter::Antialiasing);
}

void ServiceTile::paintHistory(QPainter& painter, const QRect& area) const
{
    const auto& history = m_service.history;
    if (history.empty())
        return;
    const auto& colors = m_theme.colors();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double width = static_cast<double>(area.width()) / static_cast<double>(history.size());
    for (std::size_t i = 0; i < history.size(); ++i) {
        // Worse is higher, so that colour is not needed to tell.
        const State state = history[i];
        const bool bad = state == State::critical || state == State::warning;
        const int height = state == State::critical ? area.height() : state == State::warning ? area.height() * 3 / 4 : state == State::ok ? 3 : 1;
        const QColor color = bad ? m_theme.stateColor(state) : state == State::ok ? blended(colors.raised, m_theme.stateColor(State::ok), 0.55) : colors.border;
        const int left = area.left() + static_cast<int>(static_cast<double>(i) * width);
        const int right = area.left() + static_cast<int>(static_cast<double>(i + 1) * width) - 1;
        painter.fillRect(QRect(left, area.bottom() - height + 1, std::max(1, right - left), height), color);
    }
    painter.setRenderHint(QPainter::Antialiasing);
}

}
