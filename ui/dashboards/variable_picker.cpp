#include "ui/dashboards/variable_picker.h"

#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <QFrame>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QStyleOptionToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {
namespace {

constexpr int kWidest = 320;
constexpr int kArrow = 16;
constexpr int kRowsShown = 14;

bool isAll(const QListWidgetItem& item) { return item.data(Qt::UserRole).toString() == toQString(dashboard::kAllValue); }

}

VariablePicker::VariablePicker(const Theme& theme, const dashboard::Variable& variable, QWidget* parent)
    : QToolButton(parent)
    , m_theme(theme)
    , m_values(variable.values)
    , m_multi(variable.multi)
{
    if (variable.includeAll)
        //: every value of a dashboard variable
        m_options.push_back({ toUtf8(tr("All")), std::string(dashboard::kAllValue) });
    const bool isAuto = !m_values.empty() && m_values.front().starts_with("$__auto");
    if (variable.type == "interval" && variable.autoInterval) {
        //: an interval that follows the time range
        m_options.push_back({ toUtf8(tr("auto")), isAuto ? m_values.front() : "$__auto" });
    }
    m_options.insert(m_options.end(), variable.options.begin(), variable.options.end());
    QStringList texts;
    for (const auto& value : m_values) {
        const auto option = std::ranges::find(m_options, value, &dashboard::VariableOption::value);
        texts << toQString(option == m_options.end() ? value : option->text);
    }
    const QString all = texts.join(QStringLiteral(" + "));
    setText(texts.size() > 3 ? tr("%n chosen", nullptr, static_cast<int>(texts.size())) : all.isEmpty() ? QStringLiteral("–") : all);
    setToolTip(all.left(2000));
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setFocusPolicy(Qt::StrongFocus);
    connect(this, &QToolButton::clicked, this, &VariablePicker::openList);
}

QSize VariablePicker::sizeHint() const
{
    const int text = fontMetrics().horizontalAdvance(this->text());
    return { std::min(kWidest, text + kArrow + 24), m_theme.controlHeight() };
}

void VariablePicker::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.text.clear();
    style()->drawComplexControl(QStyle::CC_ToolButton, &option, &painter, this);
    const QRect place = rect().adjusted(8, 0, -kArrow - 6, 0);
    painter.setPen(isEnabled() ? m_theme.colors().text : m_theme.colors().textFaint);
    painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(text(), Qt::ElideRight, place.width()));
    const QPointF tip(width() - kArrow + 2.0, height() / 2.0 + 2.5);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.colors().textMuted, 1.5));
    painter.drawPolyline(QPolygonF { tip + QPointF(-4, -4), tip, tip + QPointF(4, -4) });
}

void VariablePicker::createList()
{
    m_popup = new QFrame(this, Qt::Popup);
    static_cast<QFrame*>(m_popup)->setFrameShape(QFrame::StyledPanel);
    m_words = makeFilterEdit(m_theme, tr("Filter"), m_popup);
    m_list = new QListWidget(m_popup);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(accessibleName());
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideMiddle);
    auto* layout = new QVBoxLayout(m_popup);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(6);
    layout->addWidget(m_words);
    layout->addWidget(m_list);
    m_words->installEventFilter(this);
    m_list->installEventFilter(this);
    m_popup->installEventFilter(this);
    connect(m_words, &QLineEdit::textChanged, this, &VariablePicker::filter);
    connect(m_list, &QListWidget::itemClicked, this, &VariablePicker::toggle);
}

void VariablePicker::fillList()
{
    m_list->clear();
    for (const auto& option : m_options) {
        auto* item = new QListWidgetItem(toQString(option.text), m_list);
        item->setData(Qt::UserRole, toQString(option.value));
        const bool chosen = std::ranges::find(m_values, option.value) != m_values.end();
        if (m_multi) {
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            item->setCheckState(chosen ? Qt::Checked : Qt::Unchecked);
        }
        if (chosen && !m_list->currentItem())
            m_list->setCurrentItem(item);
    }
    if (!m_list->currentItem())
        m_list->setCurrentRow(0);
}

void VariablePicker::openList()
{
    if (!m_popup)
        createList();
    m_words->clear();
    fillList();
    int widest = width();
    for (const auto& option : m_options)
        widest = std::max(widest, fontMetrics().horizontalAdvance(toQString(option.text)) + 64);
    const int rows = std::clamp(static_cast<int>(m_options.size()), 2, kRowsShown);
    m_words->setVisible(m_options.size() > 8);
    const int height = rows * std::max(m_list->sizeHintForRow(0), 20) + 20 + (m_words->isHidden() ? 0 : m_words->sizeHint().height() + 6);
    QRect place(mapToGlobal(QPoint(0, QToolButton::height() + 2)), QSize(std::min(widest, 480), height));
    const QRect screen = this->screen()->availableGeometry();
    place.moveLeft(std::max(screen.left(), std::min(place.left(), screen.right() - place.width())));
    if (place.bottom() > screen.bottom())
        place.moveBottom(mapToGlobal(QPoint(0, -2)).y());
    m_popup->setGeometry(place);
    m_popup->show();
    m_list->scrollToItem(m_list->currentItem());
    (m_words->isHidden() ? static_cast<QWidget*>(m_list) : m_words)->setFocus();
}

void VariablePicker::filter(const QString& words)
{
    QListWidgetItem* first = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        auto* item = m_list->item(row);
        const bool fits = item->text().contains(words, Qt::CaseInsensitive);
        item->setHidden(!fits);
        if (fits && !first)
            first = item;
    }
    m_list->setCurrentItem(first);
}

void VariablePicker::toggle(QListWidgetItem* item)
{
    if (!item)
        return;
    if (!m_multi) {
        m_list->setCurrentItem(item);
        accept();
        return;
    }
    const bool on = item->checkState() != Qt::Checked;
    item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    // All and single values exclude each other.
    for (int row = 0; on && row < m_list->count(); ++row) {
        auto* other = m_list->item(row);
        if (other != item && (isAll(*item) || isAll(*other)))
            other->setCheckState(Qt::Unchecked);
    }
}

void VariablePicker::accept()
{
    std::vector<std::string> values;
    std::vector<std::string> texts;
    for (int row = 0; row < m_list->count(); ++row) {
        const auto* item = m_list->item(row);
        if (m_multi ? item->checkState() == Qt::Checked : item == m_list->currentItem()) {
            values.push_back(toUtf8(item->data(Qt::UserRole).toString()));
            texts.push_back(toUtf8(item->text()));
        }
    }
    m_popup->hide();
    if (values != m_values && !values.empty())
        Q_EMIT chosen(values, texts);
}

bool VariablePicker::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_popup && event->type() == QEvent::MouseButtonPress && !m_popup->rect().contains(static_cast<QMouseEvent*>(event)->position().toPoint()) && m_multi) {
        accept(); // a click elsewhere
        return true;
    }
    if (event->type() == QEvent::KeyPress && (watched == m_words || watched == m_list)) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Escape:
            m_popup->hide();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Tab:
            if (!m_multi || !key->modifiers().testFlag(Qt::ControlModifier))
                accept();
            return true;
        case Qt::Key_Space:
            if (watched == m_words && !m_multi)
                return false; // a blank in the search
            toggle(m_list->currentItem());
            return true;
        case Qt::Key_Down:
        case Qt::Key_Up:
        case Qt::Key_PageDown:
        case Qt::Key_PageUp:
            if (watched == m_words) {
                QCoreApplication::sendEvent(m_list, event);
                return true;
            }
            return false;
        default:
            return false;
        }
    }
    return QToolButton::eventFilter(watched, event);
}

void VariablePicker::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        openList();
    else
        QToolButton::keyPressEvent(event);
}

}
