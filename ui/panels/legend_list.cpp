#include "ui/panels/legend_list.h"

#include "ui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace belvedere::ui {

namespace {

constexpr int kMark = 12;
constexpr int kSpace = 6;

}

LegendList::LegendList(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Legend"));
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void LegendList::setChart(std::shared_ptr<const ChartData> chart)
{
    m_data = std::move(chart);
    m_hovered = -1;
    arrangeEntries();
    updateGeometry();
    update();
}

void LegendList::setColumn(bool column)
{
    if (column == m_column)
        return;
    m_column = column;
    arrangeEntries();
    updateGeometry();
}

QString LegendList::numbersOf(const ChartSeries& series) const
{
    QString text;
    for (std::size_t i = 0; i < series.legend.size(); ++i)
        text += QStringLiteral("  %1: %2").arg(m_data->legendColumns.value(static_cast<qsizetype>(i)), series.legend[i].text);
    return text;
}

void LegendList::arrangeEntries()
{
    m_entries.clear();
    const QFontMetrics metrics(m_theme.smallFont());
    const int height = metrics.height() + 2;
    int x = 0, y = 0;
    for (const auto& series : m_data->series) {
        const int wide = std::min(kMark + kSpace + metrics.horizontalAdvance(series.name + numbersOf(series)) + 12, std::max(width(), 60));
        if (x > 0 && (m_column || x + wide > width())) {
            x = 0;
            y += height;
        }
        m_entries.emplace_back(x, y, wide, height);
        x += wide;
    }
}

QSize LegendList::sizeHint() const
{
    const int height = m_entries.empty() ? 0 : m_entries.back().bottom() + 2;
    int wide = 0;
    for (const auto& entry : m_entries)
        wide = std::max(wide, entry.right());
    return { m_column ? wide + 4 : 100, height };
}

int LegendList::entryAt(const QPoint& position) const
{
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].contains(position))
            return static_cast<int>(i);
    }
    return -1;
}

void LegendList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(m_theme.smallFont());
    const QFontMetrics metrics(m_theme.smallFont());
    int left = 0; // entries that no longer fit are counted in the last line
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const auto& entry = m_entries[i];
        if (entry.bottom() > height()) {
            left = static_cast<int>(m_entries.size() - i);
            break;
        }
        const auto& series = m_data->series[i];
        auto color = series.color;
        if (series.hidden)
            color.setAlphaF(0.3F);
        painter.fillRect(QRect(entry.left(), entry.center().y() - 1, kMark, 3), color);
        painter.setPen(series.hidden ? m_theme.colors().textFaint : static_cast<int>(i) == m_hovered ? m_theme.colors().text : m_theme.colors().textMuted);
        const QString numbers = numbersOf(series);
        QRect place = entry.adjusted(kMark + kSpace, 0, -4, 0);
        const QString name = metrics.elidedText(series.name, Qt::ElideRight, std::max(40, place.width() - metrics.horizontalAdvance(numbers)));
        painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, name);
        if (!numbers.isEmpty()) {
            place.setLeft(place.left() + metrics.horizontalAdvance(name));
            painter.setPen(series.hidden ? m_theme.colors().textFaint : m_theme.colors().text);
            painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, numbers);
        }
    }
    if (left > 0) {
        const auto words = tr("and %n more", nullptr, left);
        const QRect place(width() - metrics.horizontalAdvance(words) - 12, height() - metrics.height(), metrics.horizontalAdvance(words) + 12, metrics.height());
        painter.fillRect(place, m_theme.colors().raised);
        painter.setPen(m_theme.colors().textMuted);
        painter.drawText(place, Qt::AlignCenter, words);
    }
    if (hasFocus()) {
        painter.setPen(m_theme.colors().accent);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void LegendList::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrangeEntries();
    if (!m_column)
        updateGeometry();
}

void LegendList::mousePressEvent(QMouseEvent* event)
{
    if (const int series = entryAt(event->position().toPoint()); series >= 0 && event->button() == Qt::LeftButton)
        Q_EMIT seriesClicked(series, event->modifiers().testFlag(Qt::ControlModifier));
}

void LegendList::setHovered(int series)
{
    if (series == m_hovered)
        return;
    m_hovered = series;
    update();
    Q_EMIT seriesHovered(series);
}

void LegendList::mouseMoveEvent(QMouseEvent* event) { setHovered(entryAt(event->position().toPoint())); }

void LegendList::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    setHovered(-1);
}

void LegendList::keyPressEvent(QKeyEvent* event)
{
    const int count = static_cast<int>(m_entries.size());
    if (count > 0 && (event->key() == Qt::Key_Right || event->key() == Qt::Key_Down))
        setHovered((m_hovered + 1) % count);
    else if (count > 0 && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Up))
        setHovered((std::max(m_hovered, 0) + count - 1) % count);
    else if (m_hovered >= 0 && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space))
        Q_EMIT seriesClicked(m_hovered, event->key() == Qt::Key_Space);
    else
        QWidget::keyPressEvent(event);
}

bool LegendList::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const int series = entryAt(help->pos()); series >= 0)
            QToolTip::showText(help->globalPos(), m_data->series[static_cast<std::size_t>(series)].name, this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

}
