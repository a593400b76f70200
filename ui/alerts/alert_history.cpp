#include "ui/alerts/alert_history.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/widgets/item_painting.h"
#include "ui/widgets/table.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <map>

namespace belvedere::ui {

namespace {

    /// The clock alone for today, the day too for what is older.
    QString shortTime(qint64 timeMs, qint64 nowMs)
    {
        const auto time = QDateTime::fromMSecsSinceEpoch(timeMs);
        return time.date() == QDateTime::fromMSecsSinceEpoch(nowMs).date() ? time.toString(QStringLiteral("HH:mm:ss")) : time.toString(QStringLiteral("MM-dd HH:mm"));
    }

    class EpisodeDelegate : public QStyledItemDelegate {
    public:
        EpisodeDelegate(const Theme& theme, QObject* parent)
            : QStyledItemDelegate(parent)
            , m_theme(theme)
        {
        }

        void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
        {
            const auto& colors = m_theme.colors();
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            const bool selected = option.state.testFlag(QStyle::State_Selected) && option.state.testFlag(QStyle::State_HasFocus);
            paintItemGround(*painter, m_theme, option.rect, selected, option.state.testFlag(QStyle::State_MouseOver));
            const auto cell = [&index](int column) { return index.siblingAtColumn(column).data().toString(); };
            QRect line = option.rect.adjusted(8, 5, -8, 0);
            line.setHeight(20);
            m_theme.paintState(*painter, QRectF(line.left(), line.top() + 3, 14, 14), static_cast<State>(index.siblingAtColumn(AlertHistoryModel::StateColumn).data(StateRole).toInt()));
            line.setLeft(line.left() + 22);
            QFont numbers = m_theme.smallFont();
            numbers.setFeature("tnum", 1);
            painter->setFont(numbers);
            painter->setPen(colors.textFaint);
            const QRect title = paintAtRight(*painter, line, cell(AlertHistoryModel::BeganColumn));
            painter->setFont(m_theme.font());
            painter->setPen(colors.text);
            paintElided(*painter, title, cell(AlertHistoryModel::NameColumn));

            line.translate(0, 19);
            painter->setFont(numbers);
            painter->setPen(colors.textMuted);
            const QRect subject = paintAtRight(*painter, line, cell(AlertHistoryModel::DurationColumn));
            paintElided(*painter, subject, cell(AlertHistoryModel::SubjectColumn));
            painter->restore();
        }

        [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return { 160, 50 }; }

    private:
        const Theme& m_theme;
    };

}

std::vector<AlertEpisode> episodesOf(const std::vector<model::AlertChange>& changes, const std::vector<model::RuleGroupStatus>& groups)
{
    using Key = std::pair<std::string, model::Labels>;
    std::map<Key, bool> fires;
    for (const auto& group : groups) {
        for (const auto& rule : group.rules) {
            for (const auto& alert : rule.alerts)
                fires[{ alert.rule, alert.labels }] |= alert.state == model::AlertState::firing;
        }
    }
    std::map<Key, qint64> endsAt; // of the episode whose beginning comes next
    std::map<Key, bool> seen;
    std::vector<AlertEpisode> episodes;
    for (const auto& change : changes) {
        const Key key { change.rule, change.labels };
        if (change.state != model::AlertState::firing) {
            endsAt[key] = change.timeMs;
            seen[key] = true;
            continue;
        }
        AlertEpisode episode { change.rule, change.labels, change.timeMs, 0, false, change.value };
        if (const auto end = endsAt.extract(key); !end.empty())
            episode.toMs = end.mapped();
        else
            episode.firing = !seen[key] && fires[key];
        seen[key] = true;
        episodes.push_back(std::move(episode));
    }
    return episodes;
}

State severityOf(const model::Labels& labels)
{
    const auto severity = labels.get("severity");
    return severity == "warning" || severity == "info" || severity == "notice" ? State::warning : State::critical;
}

QString alertSubject(const model::Labels& labels)
{
    QStringList values;
    for (const auto& label : labels) {
        if (label.name != "alertname" && label.name != "severity")
            values << toQString(label.value);
    }
    return values.join(QStringLiteral(", "));
}

void AlertHistoryModel::setEpisodes(std::vector<AlertEpisode> episodes, qint64 nowMs)
{
    beginResetModel();
    m_episodes = std::move(episodes);
    m_nowMs = nowMs;
    endResetModel();
}

std::span<const TableColumn> AlertHistoryModel::columns() const
{
    using enum TableColumn::Align;
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("State") }, { QT_TR_NOOP("Alert") }, { QT_TR_NOOP("Of") }, { QT_TR_NOOP("Began"), right }, { QT_TR_NOOP("Lasted"), right },
        { QT_TR_NOOP("Value"), right } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

QString AlertHistoryModel::text(const AlertEpisode& episode, int column) const
{
    switch (column) {
    case StateColumn:
        return episode.firing ? tr("Firing") : tr("Ended");
    case NameColumn:
        return toQString(episode.rule);
    case SubjectColumn:
        return alertSubject(episode.labels);
    case BeganColumn:
        return shortTime(episode.fromMs, m_nowMs);
    case DurationColumn:
        if (episode.firing)
            //: an alert that fires since this long
            return tr("for %1").arg(durationText(static_cast<double>((m_nowMs - episode.fromMs) / 1000)));
        return episode.toMs > 0 ? durationText(static_cast<double>((episode.toMs - episode.fromMs) / 1000)) : tr("end not recorded");
    case ValueColumn:
        return compactNumber(episode.value, 4);
    default:
        return {};
    }
}

QVariant AlertHistoryModel::cell(int row, int column, int role) const
{
    const auto& item = episode(row);
    switch (role) {
    case Qt::DisplayRole:
        return text(item, column);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 %2 %3 %4").arg(text(item, NameColumn), text(item, StateColumn), text(item, SubjectColumn), text(item, BeganColumn));
    case Qt::ToolTipRole:
        return item.toMs > 0 ? tr("%1 – %2").arg(dateTimeText(item.fromMs), dateTimeText(item.toMs)) : dateTimeText(item.fromMs);
    case StateRole:
        return column == StateColumn ? QVariant(static_cast<int>(item.firing ? severityOf(item.labels) : State::ok)) : QVariant();
    case SortRole:
        switch (column) {
        case StateColumn:
            return item.firing ? 0 : 1;
        case BeganColumn:
            return qint64(-item.fromMs);
        case DurationColumn:
            return qint64((item.toMs > 0 ? item.toMs : m_nowMs) - item.fromMs);
        case ValueColumn:
            return item.value;
        default:
            return text(item, column).toCaseFolded();
        }
    case FilterRole:
        return text(item, NameColumn) + QLatin1Char(' ') + toQString(item.labels.toString());
    default:
        return {};
    }
}

RecentAlerts::RecentAlerts(const Theme& theme, AlertHistoryModel& model, QWidget* parent)
    : QListView(parent)
{
    setModel(&model);
    setItemDelegate(new EpisodeDelegate(theme, this));
    setAccessibleName(tr("Recent alerts"));
    setFrameShape(NoFrame);
    setMouseTracking(true);
    setUniformItemSizes(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    connect(this, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT chosen(index.siblingAtColumn(AlertHistoryModel::NameColumn).data().toString()); });
}

void RecentAlerts::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid())
        Q_EMIT chosen(currentIndex().siblingAtColumn(AlertHistoryModel::NameColumn).data().toString());
    else
        QListView::keyPressEvent(event);
}

}
