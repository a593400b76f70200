#include "ui/frame/side_bar.h"

#include "ui/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {

namespace {
    constexpr int kWidth = 176;
    constexpr int kCollapsedWidth = 52;

    /// The program's mark and name at the top.
    class Brand : public QWidget {
    public:
        Brand(const Theme& theme, QWidget* parent)
            : QWidget(parent)
            , m_theme(theme)
            , m_mark(QStringLiteral(":/icons/belvedere.svg"))
        {
            setFixedHeight(52);
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            m_mark.paint(&painter, QRect(14, 14, 24, 24));
            if (width() > kCollapsedWidth) {
                painter.setFont(m_theme.titleFont());
                painter.setPen(m_theme.colors().text);
                painter.drawText(QRect(48, 0, width() - 48, height()), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("Belvedere"));
            }
        }

    private:
        const Theme& m_theme;
        QIcon m_mark;
    };
}

SideBarEntry::SideBarEntry(const Theme& theme, const QString& pageId, const QIcon& icon, const QString& text, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_pageId(pageId)
{
    setText(text);
    setIcon(icon);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(text);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SideBarEntry::setBadge(int count)
{
    if (m_badge == count)
        return;
    m_badge = count;
    setAccessibleDescription(count > 0 ? tr("need attention: %1").arg(count) : QString());
    update();
}

void SideBarEntry::setCollapsed(bool collapsed)
{
    m_collapsed = collapsed;
    update();
}

QSize SideBarEntry::sizeHint() const { return { kCollapsedWidth, m_theme.rowHeight() + 8 }; }

void SideBarEntry::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& colors = m_theme.colors();
    const QRectF box = QRectF(rect()).adjusted(8, 1, -8, -1);
    painter.setPen(Qt::NoPen);
    if (isChecked()) {
        painter.setBrush(blended(colors.window, colors.accent, 0.14));
        painter.drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
        painter.setBrush(colors.accent);
        painter.drawRoundedRect(QRectF(2, box.top() + 7, 3, box.height() - 14), 1.5, 1.5);
    } else if (underMouse()) {
        painter.setBrush(colors.hover);
        painter.drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.accent, 1.5));
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), Theme::kRadius, Theme::kRadius);
    }
    icon().paint(&painter, QRect(17, (height() - 18) / 2, 18, 18), Qt::AlignCenter, isChecked() ? QIcon::Active : QIcon::Normal, isChecked() ? QIcon::On : QIcon::Off);
    if (!m_collapsed) {
        QFont font = m_theme.font();
        font.setWeight(isChecked() ? QFont::DemiBold : QFont::Normal);
        painter.setFont(font);
        painter.setPen(isChecked() ? colors.text : colors.textMuted);
        painter.drawText(QRect(48, 0, width() - 56, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    }
    if (m_badge > 0) {
        const QColor color = m_theme.stateColor(State::critical);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        if (m_collapsed) {
            painter.drawEllipse(QPointF(36, height() / 2.0 - 8), 4, 4);
        } else {
            QFont font = m_theme.smallFont();
            font.setWeight(QFont::DemiBold);
            painter.setFont(font);
            const QString number = m_badge > 99 ? QStringLiteral("99+") : QString::number(m_badge);
            const qreal width = std::max(18.0, painter.fontMetrics().horizontalAdvance(number) + 10.0);
            const QRectF pill(this->width() - 16 - width, height() / 2.0 - 9, width, 18);
            painter.drawRoundedRect(pill, 9, 9);
            painter.setPen(colors.window);
            painter.drawText(pill, Qt::AlignCenter, number);
        }
    }
}

SideBar::SideBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_list(new QVBoxLayout)
    , m_brand(new Brand(theme, this))
    , m_collapse(new QToolButton(this))
{
    setAccessibleName(tr("Pages"));
    setFixedWidth(kWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 1, 8);
    layout->setSpacing(0);
    layout->addWidget(m_brand);
    m_list->setSpacing(2);
    layout->addLayout(m_list);
    layout->addStretch(1);
    m_collapse->setAutoRaise(true);
    m_collapse->setFocusPolicy(Qt::TabFocus);
    m_collapse->setIcon(theme.icon(QStringLiteral("sidebar")));
    m_collapse->setIconSize(QSize(18, 18));
    m_collapse->setToolTip(tr("Narrow or widen the side bar (Ctrl+B)"));
    m_collapse->setAccessibleName(tr("Narrow or widen the side bar"));
    connect(m_collapse, &QToolButton::clicked, this, [this] { setCollapsed(!m_collapsed); });
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(11, 0, 8, 0);
    bottom->addWidget(m_collapse);
    bottom->addStretch(1);
    layout->addLayout(bottom);
}

void SideBar::insertEntry(std::size_t at, const QString& pageId, const QIcon& icon, const QString& text, const QString& toolTip)
{
    auto* entry = new SideBarEntry(m_theme, pageId, icon, text, this);
    entry->setToolTip(toolTip);
    entry->setCollapsed(m_collapsed);
    at = std::min(at, m_entries.size());
    m_entries.insert(m_entries.begin() + static_cast<std::ptrdiff_t>(at), entry);
    m_list->insertWidget(static_cast<int>(at), entry);
    connect(entry, &SideBarEntry::clicked, this, [this, entry] { Q_EMIT pageChosen(entry->pageId()); });
}

void SideBar::setCurrent(const QString& pageId)
{
    for (auto* entry : m_entries)
        entry->setChecked(entry->pageId() == pageId);
}

void SideBar::setBadge(const QString& pageId, int count)
{
    for (auto* entry : m_entries) {
        if (entry->pageId() == pageId)
            entry->setBadge(count);
    }
}

void SideBar::setCollapsed(bool collapsed)
{
    if (m_collapsed == collapsed)
        return;
    m_collapsed = collapsed;
    setFixedWidth(collapsed ? kCollapsedWidth : kWidth);
    for (auto* entry : m_entries)
        entry->setCollapsed(collapsed);
    Q_EMIT collapsedChanged(collapsed);
}

void SideBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colors().window);
    painter.fillRect(width() - 1, 0, 1, height(), m_theme.colors().border);
}

void SideBar::keyPressEvent(QKeyEvent* event)
{
    const auto focused = std::ranges::find_if(m_entries, [](const SideBarEntry* entry) { return entry->hasFocus(); });
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (focused == m_entries.end() || step == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto count = static_cast<std::ptrdiff_t>(m_entries.size());
    const auto next = ((focused - m_entries.begin()) + step + count) % count;
    m_entries[static_cast<std::size_t>(next)]->setFocus(Qt::TabFocusReason);
}

}
