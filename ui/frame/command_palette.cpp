#include "ui/frame/command_palette.h"

#include "ui/theme.h"
#include "ui/widgets/item_painting.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {

namespace {

    class PaletteDelegate : public QStyledItemDelegate {
    public:
        PaletteDelegate(const Theme& theme, QObject* parent)
            : QStyledItemDelegate(parent)
            , m_theme(theme)
        {
        }

        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            const auto& colors = m_theme.colors();
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            paintItemGround(*painter, m_theme, option.rect.adjusted(4, 0, -4, 0), option.state.testFlag(QStyle::State_Selected), false);
            const QRect inner = option.rect.adjusted(14, 0, -14, 0);
            index.data(Qt::DecorationRole).value<QIcon>().paint(painter, QRect(inner.left(), inner.center().y() - 7, 16, 16));
            QString right = index.data(PaletteModel::KindRole).toString();
            painter->setFont(m_theme.smallFont());
            const QString shortcut = index.data(PaletteModel::ShortcutRole).toString();
            if (!shortcut.isEmpty())
                right = shortcut;
            painter->setPen(colors.textFaint);
            const QRect textRect = paintAtRight(*painter, inner.adjusted(28, 0, 0, 0), right);
            painter->setFont(m_theme.font());
            painter->setPen(colors.text);
            paintElided(*painter, textRect, index.data().toString(), Qt::ElideMiddle);
            painter->restore();
        }

        [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return { 100, m_theme.rowHeight() + 4 }; }

    private:
        const Theme& m_theme;
    };

}

std::optional<int> fuzzyScore(QStringView pattern, QStringView text)
{
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar wanted : pattern) {
        if (wanted.isSpace())
            continue;
        qsizetype found = -1;
        for (qsizetype i = at; i < text.size(); ++i) {
            if (text[i].toCaseFolded() == wanted.toCaseFolded()) {
                found = i;
                break;
            }
        }
        if (found < 0)
            return std::nullopt;
        const bool wordStart = found == 0 || !text[found - 1].isLetterOrNumber();
        score += found == last + 1 ? 8 : wordStart ? 6 : 1;
        score -= static_cast<int>(std::min<qsizetype>(found - at, 6)) / 2;
        last = found;
        at = found + 1;
    }
    // Of two that fit alike the shorter is more likely meant.
    return score * 4 - static_cast<int>(std::min<qsizetype>(text.size(), 80)) / 8;
}

void PaletteModel::setEntries(const std::vector<PaletteEntry>& entries, const QString& pattern)
{
    std::vector<std::pair<int, std::size_t>> fits;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (const auto score = fuzzyScore(pattern, entries[i].text))
            fits.emplace_back(-*score, i);
    }
    if (!pattern.trimmed().isEmpty())
        std::ranges::stable_sort(fits, {}, &std::pair<int, std::size_t>::first);
    beginResetModel();
    m_entries.clear();
    for (const auto& [score, i] : fits) {
        if (m_entries.size() == kShown)
            break;
        m_entries.push_back(entries[i]);
    }
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_entries.size()); }

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& item = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return item.text;
    case Qt::DecorationRole:
        return item.icon;
    case KindRole:
        return item.kind;
    case ShortcutRole:
        return item.shortcut;
    default:
        return {};
    }
}

CommandPalette::CommandPalette(const Theme& theme, Source source, QWidget* window)
    : QFrame(window, Qt::Popup)
    , m_theme(theme)
    , m_source(std::move(source))
    , m_edit(new QLineEdit(this))
    , m_list(new QListView(this))
{
    setObjectName(QStringLiteral("commandPalette"));
    setAccessibleName(tr("Command palette"));
    setAttribute(Qt::WA_TranslucentBackground, false);
    m_edit->setPlaceholderText(tr("Find a page, an action, a dashboard, a metric, a label or an alert"));
    m_edit->setAccessibleName(m_edit->placeholderText());
    m_edit->addAction(theme.icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_edit->setFrame(true);
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new PaletteDelegate(theme, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(9, 9, 9, 9);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::update);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { run(index.row()); });
}

void CommandPalette::open(const QString& text)
{
    const QWidget* window = parentWidget();
    const int width = std::min(640, window->width() - 48);
    // As high as whole rows are.
    const int row = m_theme.rowHeight() + 4;
    const int chrome = m_edit->sizeHint().height() + layout()->spacing() + layout()->contentsMargins().top() + layout()->contentsMargins().bottom();
    resize(width, chrome + std::max(3, (std::min(460, window->height() - 120) - chrome) / row) * row);
    move(window->mapToGlobal(QPoint((window->width() - width) / 2, 72)));
    m_edit->setText(text);
    update(text);
    show();
    m_edit->setFocus();
}

void CommandPalette::renew()
{
    if (!isVisible())
        return;
    const int row = m_list->currentIndex().row();
    update(m_edit->text());
    if (row > 0 && row < m_model.rowCount())
        m_list->setCurrentIndex(m_model.index(row));
}

void CommandPalette::update(const QString& text)
{
    m_model.setEntries(m_source(text), text);
    if (m_model.rowCount() > 0)
        m_list->setCurrentIndex(m_model.index(0));
}

void CommandPalette::run(int row)
{
    if (row < 0 || row >= m_model.rowCount())
        return;
    const auto chosen = m_model.entry(row).run;
    close();
    chosen();
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_edit && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int row = m_list->currentIndex().row();
        const int page = std::max(1, m_list->viewport()->height() / (m_theme.rowHeight() + 4) - 1);
        const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : key == Qt::Key_PageDown ? page : key == Qt::Key_PageUp ? -page : 0;
        if (step != 0 && m_model.rowCount() > 0) {
            m_list->setCurrentIndex(m_model.index(std::clamp(row + step, 0, m_model.rowCount() - 1)));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            run(row);
            return true;
        }
        if (key == Qt::Key_Escape) {
            close();
            return true;
        }
    }
    return QFrame::eventFilter(object, event);
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colors().raised);
    painter.setPen(m_theme.colors().borderStrong);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}
