#include "ui/widgets/state_stack.h"

#include "ui/style.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {

namespace {
    constexpr int kIconSize = 40;
    constexpr int kTextWidth = 520;
}

StateStack::StateStack(const Theme& theme, QWidget* content, QWidget* parent)
    : QStackedWidget(parent)
    , m_theme(theme)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this))
    , m_loading(new QLabel(this))
{
    auto* message = new QWidget(this);
    auto* layout = new QVBoxLayout(message);
    layout->setSpacing(Theme::kGrid);
    layout->addStretch(2);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    layout->addSpacing(4);
    layout->addWidget(m_title, 0, Qt::AlignHCenter);
    layout->addWidget(m_text, 0, Qt::AlignHCenter);
    layout->addSpacing(Theme::kGrid);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    m_title->setFont(theme.headingFont());
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_button->setProperty(kPrimaryProperty, true);
    connect(m_button, &QPushButton::clicked, this, &StateStack::activated);

    m_loading->setAlignment(Qt::AlignCenter);
    addWidget(content);
    addWidget(message);
    addWidget(m_loading);

    m_loadingDelay.setSingleShot(true);
    m_loadingDelay.setInterval(200);
    connect(&m_loadingDelay, &QTimer::timeout, this, [this] { setCurrentIndex(2); });
    connect(&theme, &Theme::changed, this, &StateStack::retint);
}

void StateStack::showContent()
{
    m_loadingDelay.stop();
    setCurrentIndex(0);
}

void StateStack::showEmpty(const QString& icon, const QString& title, const QString& text, const QString& action)
{
    m_iconName = icon;
    showMessage(m_theme.iconPixmap(icon, kIconSize, m_theme.colors().textFaint, devicePixelRatioF()), title, text, action);
}

void StateStack::showLoading(const QString& text)
{
    m_loading->setText(text);
    if (currentIndex() != 2 && !m_loadingDelay.isActive())
        m_loadingDelay.start();
}

void StateStack::showError(const QString& title, const QString& text, const QString& action)
{
    m_iconName.clear();
    showMessage(m_theme.statePixmap(State::critical, kIconSize, devicePixelRatioF()), title, text, action);
}

QString StateStack::title() const { return currentIndex() == 1 ? m_title->text() : QString(); }

void StateStack::showMessage(const QPixmap& pixmap, const QString& title, const QString& text, const QString& action)
{
    m_loadingDelay.stop();
    m_icon->setPixmap(pixmap);
    m_title->setText(title);
    m_text->setText(text);
    fitText();
    m_button->setText(action);
    m_button->setVisible(!action.isEmpty());
    setCurrentIndex(1);
}

/// A centred label would get the height of its text in one line as wide as the page.
void StateStack::fitText() { m_text->setFixedSize(kTextWidth, std::max(0, m_text->heightForWidth(kTextWidth))); }

void StateStack::retint()
{
    m_title->setFont(m_theme.headingFont());
    fitText();
    m_icon->setPixmap(m_iconName.isEmpty() ? m_theme.statePixmap(State::critical, kIconSize, devicePixelRatioF())
                                           : m_theme.iconPixmap(m_iconName, kIconSize, m_theme.colors().textFaint, devicePixelRatioF()));
}

}
