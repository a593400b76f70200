#include "ui/panels/panel_frame.h"

#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/elided_label.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace belvedere::ui {

namespace {

constexpr int kGrip = 14; ///< of the corner that resizes

}

PanelFrame::PanelFrame(const Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_header(new QWidget(this))
    , m_title(new ElidedLabel(m_header))
    , m_stateText(new QLabel(m_header))
    , m_state(new QToolButton(m_header))
    , m_more(new QToolButton(m_header))
    , m_body(new QWidget(this))
    , m_stack(new QStackedLayout(m_body))
    , m_message(new QLabel(m_body))
{
    setFocusPolicy(Qt::StrongFocus);
    auto* layout = new QVBoxLayout(this);
    // The rim stays free for the corner that resizes.
    layout->setContentsMargins(1, 1, 1, 5);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_body, 1);

    auto* header = new QHBoxLayout(m_header);
    header->setContentsMargins(Theme::kGrid, 4, 4, 2);
    header->setSpacing(4);
    header->addWidget(m_title, 1);
    header->addWidget(m_stateText);
    header->addWidget(m_state);
    header->addWidget(m_more);
    m_title->setFont(theme.titleFont());
    m_stateText->setFont(theme.smallFont());
    m_stateText->hide();
    m_state->setAutoRaise(true);
    m_state->hide();
    m_more->setAutoRaise(true);
    m_more->setIcon(theme.icon(QStringLiteral("more")));
    m_more->setToolTip(tr("Panel menu"));
    m_more->setAccessibleName(tr("Panel menu"));
    m_more->setFocusPolicy(Qt::NoFocus);
    m_more->hide();
    // As high as the title, so that nothing moves when they appear.
    for (auto* button : { m_state, m_more })
        button->setFixedHeight(std::max(m_title->sizeHint().height(), button->iconSize().height() + 4));
    m_header->setFixedHeight(m_more->height() + 6);
    m_header->installEventFilter(this);
    m_title->installEventFilter(this);

    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setContentsMargins(8, 0, 8, 0); // two lines fit into the lowest panel
    m_stack->addWidget(m_message);

    m_loadingDelay.setSingleShot(true);
    m_loadingDelay.setInterval(200);
    connect(&m_loadingDelay, &QTimer::timeout, this, [this] { setStateText(tr("loading…")); });
    connect(m_more, &QToolButton::clicked, this, &PanelFrame::openMenu);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        const bool within = now && (now == this || isAncestorOf(now));
        if (within == std::exchange(m_focusWithin, within))
            return;
        m_more->setVisible(m_menu && (within || underMouse()));
        if (within)
            Q_EMIT activated();
        update();
    });
    connect(m_state, &QToolButton::clicked, this, &PanelFrame::retryRequested);
    connect(&theme, &Theme::changed, this, [this] {
        m_title->setFont(m_theme.titleFont());
        updateState();
        update();
    });
}

void PanelFrame::setPanel(std::shared_ptr<const Json> panel, const QString& title)
{
    const bool sameType = m_view && (*m_panel)["type"].text() == (*panel)["type"].text();
    m_panel = std::move(panel);
    const auto description = toQString((*m_panel)["description"].text());
    m_title->setToolTip(description);
    setTitle(title);
    if (!sameType) {
        delete m_view;
        m_view = makePanelView((*m_panel)["type"].text(), m_theme, m_body);
        m_stack->addWidget(m_view);
        m_stack->setCurrentWidget(m_view);
        m_content.reset();
    }
    if (needsNoData((*m_panel)["type"].text()))
        m_view->show(m_panel, std::make_shared<const PanelContent>());
    else if (m_content)
        m_view->show(m_panel, m_content);
}

void PanelFrame::setTitle(const QString& title)
{
    m_title->setText(title);
    m_header->setVisible(!title.isEmpty() || m_editing || !(*m_panel)["transparent"].toBool());
    setAccessibleName(title.isEmpty() ? toQString((*m_panel)["type"].text()) : title);
}

void PanelFrame::setLoading(bool loading)
{
    if (loading) {
        if (!m_loadingDelay.isActive())
            m_loadingDelay.start();
    } else {
        m_loadingDelay.stop();
        updateState();
    }
}

void PanelFrame::setContent(PanelContentPtr content)
{
    m_loadingDelay.stop();
    m_error.clear();
    const bool alike = m_content && looksAlike(*m_content, *content) && m_stack->currentWidget() == m_view;
    m_content = std::move(content);
    if (alike)
        return updateState();
    if (m_content->empty() && !needsNoData((*m_panel)["type"].text())) {
        m_message->setText(tr("No data in this time range"));
        m_stack->setCurrentWidget(m_message);
    } else {
        m_view->show(m_panel, m_content);
        m_stack->setCurrentWidget(m_view);
    }
    updateState();
}

void PanelFrame::setError(const QString& message)
{
    m_loadingDelay.stop();
    m_error = message;
    if (!m_content || m_content->empty()) {
        m_message->setText(message);
        m_stack->setCurrentWidget(m_message);
    }
    updateState();
}

void PanelFrame::setStateText(const QString& text)
{
    m_stateText->setText(text);
    m_stateText->setVisible(!text.isEmpty()); // an empty one would still keep its distance from the title
}

void PanelFrame::updateState()
{
    if (!m_error.isEmpty()) {
        m_state->setIcon(QIcon(m_theme.statePixmap(State::critical, 14, devicePixelRatioF())));
        m_state->setToolTip(tr("%1\nClick to try again.").arg(m_error));
        setStateText(m_content ? tr("failed, older data") : tr("failed"));
        m_state->show();
    } else if (m_content && !m_content->data.problems.empty()) {
        QStringList lines;
        for (const auto& problem : m_content->data.problems)
            lines << toQString(problem);
        m_state->setIcon(QIcon(m_theme.statePixmap(State::warning, 14, devicePixelRatioF())));
        m_state->setToolTip(lines.join(u'\n'));
        setStateText(tr("partial"));
        m_state->show();
    } else if (m_content && !m_content->data.remarks.empty()) {
        QStringList lines;
        for (const auto& remark : m_content->data.remarks)
            lines << toQString(remark);
        m_state->setIcon(QIcon(m_theme.statePixmap(State::info, 14, devicePixelRatioF())));
        m_state->setToolTip(lines.join(u'\n'));
        setStateText({});
        m_state->show();
    } else {
        setStateText({});
        m_state->hide();
    }
}

void PanelFrame::setEditing(bool editing)
{
    m_editing = editing;
    m_header->setCursor(editing ? Qt::OpenHandCursor : Qt::ArrowCursor);
    setMouseTracking(editing);
    if (editing)
        m_header->show();
    update();
}

void PanelFrame::openMenu()
{
    if (!m_menu)
        return;
    Q_EMIT menuRequested();
    m_menu->popup(m_more->isVisible() ? m_more->mapToGlobal(QPoint(0, m_more->height())) : mapToGlobal(QPoint(width() / 2, 24)));
}

void PanelFrame::contextMenuEvent(QContextMenuEvent* event)
{
    event->accept();
    openMenu();
}

bool PanelFrame::eventFilter(QObject* watched, QEvent* event)
{
    if (!m_editing || (watched != m_header && watched != m_title))
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::MouseButtonPress) {
        m_dragStart = static_cast<QMouseEvent*>(event)->globalPosition().toPoint();
        Q_EMIT activated();
        return true;
    }
    if (event->type() == QEvent::MouseMove && m_dragStart) {
        Q_EMIT moved(static_cast<QMouseEvent*>(event)->globalPosition().toPoint() - *m_dragStart, false);
        return true;
    }
    if (event->type() == QEvent::MouseButtonRelease && m_dragStart) {
        Q_EMIT moved(static_cast<QMouseEvent*>(event)->globalPosition().toPoint() - *m_dragStart, true);
        m_dragStart.reset();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void PanelFrame::mousePressEvent(QMouseEvent* event)
{
    const auto at = event->position().toPoint();
    if (m_editing && event->button() == Qt::LeftButton && at.x() > width() - kGrip && at.y() > height() - kGrip)
        m_resizeStart = event->globalPosition().toPoint();
    else
        QFrame::mousePressEvent(event);
}

void PanelFrame::mouseMoveEvent(QMouseEvent* event)
{
    const auto at = event->position().toPoint();
    setCursor(m_editing && (m_resizeStart || (at.x() > width() - kGrip && at.y() > height() - kGrip)) ? Qt::SizeFDiagCursor : Qt::ArrowCursor);
    if (m_resizeStart)
        Q_EMIT resized(event->globalPosition().toPoint() - *m_resizeStart, false);
}

void PanelFrame::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_resizeStart)
        Q_EMIT resized(event->globalPosition().toPoint() - *m_resizeStart, true);
    m_resizeStart.reset();
}

void PanelFrame::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto& colors = m_theme.colors();
    const bool bare = (*m_panel)["transparent"].toBool() && !m_editing;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(bare ? colors.surface : colors.raised);
    painter.setPen(m_focusWithin ? QPen(colors.accent, 1.5) : bare ? QPen(Qt::NoPen) : QPen(colors.border, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    if (m_editing) {
        painter.setPen(QPen(colors.borderStrong, 1.5));
        for (int i = 1; i <= 3; ++i)
            painter.drawLine(QPointF(width() - 3 - i * 3.5, height() - 4), QPointF(width() - 4, height() - 3 - i * 3.5));
    }
}

void PanelFrame::enterEvent(QEnterEvent* event)
{
    QFrame::enterEvent(event);
    m_more->setVisible(m_menu != nullptr);
}

void PanelFrame::leaveEvent(QEvent* event)
{
    QFrame::leaveEvent(event);
    m_more->setVisible(m_menu && m_focusWithin);
}

}
