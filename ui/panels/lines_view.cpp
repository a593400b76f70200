#include "ui/panels/lines_view.h"

#include "core/model/log_level.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <span>

namespace belvedere::ui {

namespace {

/// Time, level and line of a row; a long line is wrapped or cut with an ellipsis.
class LineDelegate : public QStyledItemDelegate {
public:
    LineDelegate(const Theme& theme, const bool& wrap, const bool& showTime, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
        , m_wrap(wrap)
        , m_showTime(showTime)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const QFontMetrics metrics(m_theme.monoFont());
        const auto* list = qobject_cast<const QListView*>(option.widget);
        if (!m_wrap || !list)
            return { 100, metrics.height() + 4 };
        const int width = list->viewport()->width() - lineLeft(metrics) - 8;
        const auto bounds = metrics.boundingRect(QRect(0, 0, std::max(width, 80), 10000), Qt::TextWrapAnywhere, index.data().toString());
        return { 100, bounds.height() + 4 };
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const auto& colors = m_theme.colors();
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, colors.selection);
        else if (option.state.testFlag(QStyle::State_MouseOver))
            painter->fillRect(option.rect, colors.hover);
        painter->setFont(m_theme.monoFont());
        const QFontMetrics metrics(m_theme.monoFont());
        const auto state = static_cast<State>(index.data(LinesModel::kLevelRole).toInt());
        painter->setRenderHint(QPainter::Antialiasing);
        m_theme.paintState(*painter, QRectF(option.rect.left() + 4, option.rect.top() + (metrics.height() + 4 - 9) / 2.0, 9, 9), state);
        int left = option.rect.left() + 18;
        if (m_showTime) {
            painter->setPen(colors.textMuted);
            painter->drawText(QRect(left, option.rect.top() + 2, timeWidth(metrics), metrics.height()), Qt::AlignVCenter, clockText(index.data(LinesModel::kTimeRole).toLongLong(), true));
        }
        left = option.rect.left() + lineLeft(metrics);
        const QRect place(left, option.rect.top() + 2, option.rect.right() - left - 4, option.rect.height() - 4);
        painter->setPen(colors.text);
        const auto text = index.data().toString();
        if (m_wrap)
            painter->drawText(place, Qt::TextWrapAnywhere, text);
        else
            painter->drawText(place, Qt::AlignVCenter | Qt::TextSingleLine, metrics.elidedText(text.left(2000).replace(u'\n', u' '), Qt::ElideRight, place.width()));
    }

private:
    static int timeWidth(const QFontMetrics& metrics) { return metrics.horizontalAdvance(QStringLiteral("00:00:00.000")) + 8; }
    int lineLeft(const QFontMetrics& metrics) const { return 18 + (m_showTime ? timeWidth(metrics) : 0); }

    const Theme& m_theme;
    const bool& m_wrap;
    const bool& m_showTime;
};

/// The level as a state, so that it has a shape beside its colour.
State stateOf(model::LogLevel level)
{
    switch (level) {
    case model::LogLevel::fatal:
    case model::LogLevel::critical:
    case model::LogLevel::error: return State::critical;
    case model::LogLevel::warning: return State::warning;
    case model::LogLevel::info: return State::ok;
    case model::LogLevel::debug:
    case model::LogLevel::trace: return State::info;
    case model::LogLevel::unknown: break;
    }
    return State::unknown;
}

State stateOf(const dashboard::LogRow& row)
{
    const std::span<const model::Label> stream = row.labels ? std::span<const model::Label>(row.labels->list()) : std::span<const model::Label>();
    return stateOf(model::levelOf(stream, row.metadata, row.parsed, row.line));
}

}

void LinesModel::setContent(PanelContentPtr content, bool ascending)
{
    beginResetModel();
    m_content = std::move(content);
    m_ascending = ascending;
    endResetModel();
}

int LinesModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_content->data.logs.size()); }

const dashboard::LogRow& LinesModel::row(const QModelIndex& index) const
{
    const auto& rows = m_content->data.logs; // newest first
    const auto at = static_cast<std::size_t>(index.row());
    return rows[m_ascending ? rows.size() - 1 - at : at];
}

QVariant LinesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& shown = row(index);
    switch (role) {
    case Qt::DisplayRole: return toQString(shown.line);
    case kTimeRole: return QVariant::fromValue<qint64>(shown.timeNs / 1'000'000);
    case kLevelRole: return static_cast<int>(stateOf(shown));
    case Qt::ToolTipRole: {
        QString text = dateTimeText(shown.timeNs / 1'000'000);
        const auto add = [&text](const auto& labels) {
            for (const auto& label : labels)
                text += QLatin1Char('\n') + toQString(label.name) + QStringLiteral(": ") + toQString(label.value).left(400);
        };
        if (shown.labels)
            add(*shown.labels);
        add(shown.metadata);
        return text;
    }
    default: return {};
    }
}

LinesView::LinesView(const Theme& theme, QWidget* parent)
    : PanelView(parent)
    , m_list(new QListView(this))
    , m_model(new LinesModel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 0, 4, 4);
    layout->addWidget(m_list);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new LineDelegate(theme, m_wrap, m_showTime, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName(tr("Log lines"));
}

void LinesView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    const auto& options = (*panel)["options"];
    m_wrap = options["wrapLogMessage"].toBool();
    m_showTime = options["showTime"].toBool(true);
    m_list->setUniformItemSizes(!m_wrap);
    m_model->setContent(content, options["sortOrder"].text() == "Ascending");
}

QString LinesView::toText() const
{
    QString out;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const auto index = m_model->index(row);
        out += dateTimeText(index.data(LinesModel::kTimeRole).toLongLong()) + QLatin1Char('\t') + index.data().toString() + QLatin1Char('\n');
    }
    return out;
}

}
