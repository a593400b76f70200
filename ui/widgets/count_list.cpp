#include "ui/widgets/count_list.h"

#include "ui/theme.h"
#include "ui/widgets/item_painting.h"
#include "ui/widgets/table.h"

#include <QPainter>

namespace belvedere::ui {

namespace {

    class CountDelegate : public QStyledItemDelegate {
    public:
        CountDelegate(const Theme& theme, QObject* parent)
            : QStyledItemDelegate(parent)
            , m_theme(theme)
        {
        }

        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            const auto& colors = m_theme.colors();
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            paintItemGround(*painter, m_theme, option.rect.adjusted(8, 0, -8, 0), option.state.testFlag(QStyle::State_Selected), option.state.testFlag(QStyle::State_MouseOver));
            QRect inner = option.rect.adjusted(16, 0, -16, 0);
            if (const int state = index.data(StateRole).toInt(); state >= 0) {
                m_theme.paintState(*painter, QRectF(inner.left(), option.rect.center().y() - 6.5, 14, 14), static_cast<State>(state));
                inner.setLeft(inner.left() + 22);
            }
            QFont numbers = m_theme.smallFont();
            numbers.setFeature("tnum", 1);
            painter->setFont(numbers);
            painter->setPen(colors.textMuted);
            inner = paintAtRight(*painter, inner, index.data(CountList::CountRole).toString());
            painter->setFont(m_theme.font());
            painter->setPen(colors.text);
            paintElided(*painter, inner, index.data().toString());
            painter->restore();
        }

        [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return { 120, m_theme.rowHeight() + 2 }; }

    private:
        const Theme& m_theme;
    };

}

CountList::CountList(const Theme& theme, QWidget* parent)
    : QListWidget(parent)
{
    setItemDelegate(new CountDelegate(theme, this));
    setViewportMargins(0, 7, 0, 7); // an entry begins where the field beside the list does
    setFrameShape(NoFrame);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    connect(this, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item)
            Q_EMIT keyChosen(item->data(KeyRole).toString());
    });
}

void CountList::setItems(const std::vector<Item>& items, const QString& current)
{
    const QSignalBlocker blocker(this);
    // Usually only counts change: then nothing is built anew, and neither scrolling nor focus is lost.
    while (count() > static_cast<int>(items.size()))
        delete takeItem(count() - 1);
    while (count() < static_cast<int>(items.size()))
        addItem(QString());
    for (int row = 0; row < count(); ++row) {
        const auto& from = items[static_cast<std::size_t>(row)];
        auto* to = item(row);
        to->setText(from.text);
        to->setData(KeyRole, from.key);
        to->setData(CountRole, from.count);
        to->setData(StateRole, from.state);
        if (from.key == current)
            setCurrentItem(to);
    }
}

QString CountList::currentKey() const { return currentItem() ? currentItem()->data(KeyRole).toString() : QString(); }

}
