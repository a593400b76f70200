#include "ui/widgets/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace belvedere::ui {

NoticeBar::NoticeBar(const Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 8, 6);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    connect(m_button, &QPushButton::clicked, this, &NoticeBar::activated);
    connect(&theme, &Theme::changed, this, [this] {
        if (isVisible())
            m_icon->setPixmap(m_theme.statePixmap(m_state, 16, devicePixelRatioF()));
    });
    hide();
}

void NoticeBar::showNotice(State state, const QString& text, const QString& action)
{
    m_state = state;
    m_icon->setPixmap(m_theme.statePixmap(state, 16, devicePixelRatioF()));
    m_icon->setAccessibleName(Theme::stateWord(state));
    m_text->setText(text);
    setAccessibleName(QStringLiteral("%1: %2").arg(Theme::stateWord(state), text));
    m_button->setText(action);
    m_button->setVisible(!action.isEmpty());
    show();
    update();
}

QString NoticeBar::text() const { return m_text->text(); }

void NoticeBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto& colors = m_theme.colors();
    const QColor state = m_theme.stateColor(m_state);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(blended(colors.surface, state, 0.4));
    painter.setBrush(blended(colors.surface, state, 0.08));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
}

}
