#include "ui/widgets/label_chips.h"

#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace belvedere::ui {

namespace {
    constexpr int kHeight = 24;
    constexpr int kGap = 6;
    constexpr int kPadding = 8;
    constexpr int kBetween = 6; ///< name and value
}

LabelChips::LabelChips(const Theme& theme, const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_name(accessibleName)
{
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void LabelChips::setChips(const QList<Chip>& chips)
{
    if (m_chips == chips)
        return;
    m_chips = chips;
    setAccessibleDescription(text());
    updateGeometry();
    update();
}

QString LabelChips::text() const
{
    QStringList lines;
    for (const auto& chip : m_chips)
        lines << (chip.name.isEmpty() ? chip.value : QStringLiteral("%1=\"%2\"").arg(chip.name, chip.value));
    return lines.join(QLatin1Char('\n'));
}

QList<QRect> LabelChips::layoutChips(int width) const
{
    const QFontMetrics metrics(m_theme.font());
    QList<QRect> rects;
    int x = 0;
    int y = 0;
    for (const auto& chip : m_chips) {
        const int name = chip.name.isEmpty() ? 0 : metrics.horizontalAdvance(chip.name) + kBetween;
        const int wanted = std::min(2 * kPadding + name + metrics.horizontalAdvance(chip.value) + 1, width);
        if (x > 0 && x + wanted > width) {
            x = 0;
            y += kHeight + kGap;
        }
        rects << QRect(x, y, wanted, kHeight);
        x += wanted + kGap;
    }
    return rects;
}

int LabelChips::heightForWidth(int width) const
{
    const auto rects = layoutChips(width);
    return rects.isEmpty() ? 0 : rects.last().bottom() + 1;
}

QSize LabelChips::sizeHint() const { return { 240, heightForWidth(std::max(width(), 240)) }; }

QSize LabelChips::minimumSizeHint() const { return { 80, m_chips.isEmpty() ? 0 : kHeight }; }

void LabelChips::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.font());
    const auto& colors = m_theme.colors();
    const auto rects = layoutChips(width());
    for (qsizetype i = 0; i < rects.size(); ++i) {
        painter.setPen(hasFocus() ? QPen(colors.accent, 1) : QPen(colors.border, 1));
        painter.setBrush(colors.raised);
        painter.drawRoundedRect(QRectF(rects[i]).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
        QRect inner = rects[i].adjusted(kPadding, 0, -kPadding, 0);
        if (!m_chips[i].name.isEmpty()) {
            painter.setPen(colors.textFaint);
            painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, m_chips[i].name);
            inner.setLeft(inner.left() + painter.fontMetrics().horizontalAdvance(m_chips[i].name) + kBetween);
        }
        painter.setPen(colors.text);
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(m_chips[i].value, Qt::ElideRight, inner.width() + 1));
    }
}

void LabelChips::copy() const { QApplication::clipboard()->setText(text()); }

void LabelChips::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        copy();
    else
        QWidget::keyPressEvent(event);
}

void LabelChips::contextMenuEvent(QContextMenuEvent* event)
{
    const auto rects = layoutChips(width());
    const auto at = std::ranges::find_if(rects, [event](const QRect& rect) { return rect.contains(event->pos()); });
    QMenu menu;
    if (at != rects.end()) {
        const QString value = m_chips[at - rects.begin()].value;
        menu.addAction(m_theme.icon(QStringLiteral("copy")), tr("Copy “%1”").arg(value), this, [value] { QApplication::clipboard()->setText(value); });
    }
    menu.addAction(m_theme.icon(QStringLiteral("copy")), tr("Copy All"), this, [this] { copy(); });
    menu.exec(event->globalPos());
}

bool LabelChips::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto rects = layoutChips(width());
        const auto at = std::ranges::find_if(rects, [help](const QRect& rect) { return rect.contains(help->pos()); });
        if (at != rects.end()) {
            const auto& chip = m_chips[at - rects.begin()];
            QToolTip::showText(help->globalPos(), chip.name.isEmpty() ? chip.value : QStringLiteral("%1 = %2").arg(chip.name, chip.value), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

}
