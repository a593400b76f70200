#include "ui/widgets/table.h"

#include "ui/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QShortcut>

#include <algorithm>
#include <utility>

namespace belvedere::ui {

TableView::TableView(const Theme& theme, QWidget* parent)
    : QTableView(parent)
    , m_theme(theme)
{
    setShowGrid(false);
    setSortingEnabled(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setWordWrap(false);
    setTextElideMode(Qt::ElideRight);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const auto applyTheme = [this] {
        setFont(m_theme.numberFont());
        horizontalHeader()->setFont(m_theme.smallFont());
        verticalHeader()->setMinimumSectionSize(m_theme.rowHeight()); // first: it bounds the default
        verticalHeader()->setDefaultSectionSize(m_theme.rowHeight());
    };
    applyTheme();
    connect(&theme, &Theme::changed, this, applyTheme);
}

QString TableView::toText(bool all) const
{
    QString text;
    const auto* header = horizontalHeader();
    const auto appendRow = [&](auto cell) {
        bool first = true;
        for (int visual = 0; visual < header->count(); ++visual) {
            const int column = header->logicalIndex(visual);
            if (isColumnHidden(column))
                continue;
            if (!first)
                text += QLatin1Char('\t');
            text += cell(column);
            first = false;
        }
        text += QLatin1Char('\n');
    };
    appendRow([this](int column) { return model()->headerData(column, Qt::Horizontal).toString(); });
    for (int row = 0; row < model()->rowCount(); ++row) {
        if (all || selectionModel()->isRowSelected(row))
            appendRow([this, row](int column) { return model()->index(row, column).data().toString(); });
    }
    return text;
}

void TableView::showEvent(QShowEvent* event)
{
    QTableView::showEvent(event);
    if (std::exchange(m_widened, true))
        return;
    // Widths are chosen for English words; those of other languages may need more.
    auto* header = horizontalHeader();
    for (int column = 0; column < header->count(); ++column) {
        if (header->sectionResizeMode(column) == QHeaderView::Interactive)
            header->resizeSection(column, std::max(header->sectionSize(column), header->sectionSizeHint(column)));
    }
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(toText(false));
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (currentIndex().isValid())
            Q_EMIT activated(currentIndex());
        return;
    }
    QTableView::keyPressEvent(event);
}

StateDelegate::StateDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void StateDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    const QWidget* widget = option.widget;
    QStyle* style = widget ? widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, widget);
    const auto state = index.data(StateRole);
    QRect textRect = option.rect.adjusted(8, 0, -4, 0);
    if (state.isValid()) {
        const int side = 14;
        m_theme.paintState(*painter, QRectF(textRect.left(), option.rect.center().y() - side / 2.0 + 0.5, side, side), static_cast<State>(state.toInt()));
        textRect.setLeft(textRect.left() + side + 8);
    }
    painter->save();
    painter->setFont(item.font);
    painter->setPen(item.palette.color(QPalette::Text));
    painter->drawText(textRect, static_cast<int>(item.displayAlignment & Qt::AlignHorizontal_Mask) | Qt::AlignVCenter,
        item.fontMetrics.elidedText(text, item.textElideMode, textRect.width()));
    painter->restore();
}

QSize StateDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index) + QSize(28, 0);
}

QLineEdit* makeFilterEdit(const Theme& theme, const QString& placeholder, QWidget* parent)
{
    auto* edit = new QLineEdit(parent);
    edit->setPlaceholderText(placeholder);
    edit->setAccessibleName(placeholder);
    edit->setClearButtonEnabled(true);
    edit->addAction(theme.icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto* clear = new QShortcut(Qt::Key_Escape, edit, edit, &QLineEdit::clear, Qt::WidgetShortcut);
    clear->setAutoRepeat(false);
    // With nothing to clear, Escape is for what the field stands in.
    clear->setEnabled(false);
    QObject::connect(edit, &QLineEdit::textChanged, clear, [clear](const QString& text) { clear->setEnabled(!text.isEmpty()); });
    return edit;
}

}
