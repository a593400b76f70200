#include "ui/targets/targets_model.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <algorithm>
#include <map>

namespace belvedere::ui {

namespace {

    State stateOf(TargetsModel::Kind kind)
    {
        switch (kind) {
        case TargetsModel::Kind::up:
            return State::ok;
        case TargetsModel::Kind::down:
            return State::critical;
        case TargetsModel::Kind::unknown:
        case TargetsModel::Kind::dropped:
            break;
        }
        return State::unknown;
    }

}

void TargetsModel::setTargets(std::shared_ptr<const model::TargetList> targets, qint64 nowMs)
{
    beginResetModel();
    m_targets = std::move(targets);
    m_nowMs = nowMs;
    endResetModel();
}

void TargetsModel::setNow(qint64 nowMs)
{
    m_nowMs = nowMs;
    refreshColumn(LastScrapeColumn);
}

std::span<const TableColumn> TargetsModel::columns() const
{
    using enum TableColumn::Align;
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("State") }, { QT_TR_NOOP("Job") }, { QT_TR_NOOP("Endpoint") }, { QT_TR_NOOP("Last scrape"), right }, { QT_TR_NOOP("Duration"), right },
        { QT_TR_NOOP("Samples"), right }, { QT_TR_NOOP("Error") } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

const model::TargetStatus* TargetsModel::target(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    return at < m_targets->active.size() ? &m_targets->active[at] : nullptr;
}

const model::Labels& TargetsModel::discoveredLabels(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    const auto active = m_targets->active.size();
    return at < active ? m_targets->active[at].discoveredLabels : m_targets->dropped[at - active].discoveredLabels;
}

TargetsModel::Kind TargetsModel::kind(int row) const
{
    const auto* status = target(row);
    if (!status)
        return Kind::dropped;
    switch (status->health) {
    case model::TargetStatus::Health::up:
        return Kind::up;
    case model::TargetStatus::Health::down:
        return Kind::down;
    case model::TargetStatus::Health::unknown:
        break;
    }
    return Kind::unknown;
}

QString TargetsModel::job(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    const auto active = m_targets->active.size();
    return toQString(at < active ? m_targets->active[at].job : m_targets->dropped[at - active].job);
}

QVariant TargetsModel::text(int row, int column) const
{
    const auto* status = target(row);
    switch (column) {
    case StateColumn:
        switch (kind(row)) {
        case Kind::up:
            return tr("Up");
        case Kind::down:
            return tr("Down");
        case Kind::unknown:
            return tr("Not yet scraped");
        case Kind::dropped:
            return tr("Dropped");
        }
        return {};
    case JobColumn:
        return job(row);
    case UrlColumn:
        return toQString(status ? std::string_view(status->url) : discoveredLabels(row).get("__address__"));
    case LastScrapeColumn:
        return status ? agoText(status->lastScrapeMs, m_nowMs) : QString();
    case DurationColumn:
        return status && status->lastScrapeMs > 0 ? durationText(status->lastDurationSeconds) : QString();
    case SamplesColumn:
        return status && status->lastScrapeMs > 0 ? integer(static_cast<qint64>(status->samplesScraped)) : QString();
    case ErrorColumn:
        return status ? toQString(status->error) : tr("Dropped by relabelling");
    default:
        return {};
    }
}

QVariant TargetsModel::sortKey(int row, int column) const
{
    const auto* status = target(row);
    switch (column) {
    case StateColumn: {
        static constexpr int kOrder[] { 2, 0, 1, 3 }; // what is down comes first
        return kOrder[static_cast<int>(kind(row))];
    }
    case LastScrapeColumn:
        return status ? qint64(status->lastScrapeMs) : qint64(0);
    case DurationColumn:
        return status ? status->lastDurationSeconds : -1.0;
    case SamplesColumn:
        return status ? qint64(status->samplesScraped) : qint64(-1);
    default:
        return text(row, column).toString().toCaseFolded();
    }
}

QVariant TargetsModel::cell(int row, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::ToolTipRole:
        return column == ErrorColumn || column == UrlColumn ? text(row, column) : QVariant();
    case StateRole:
        return column == StateColumn ? QVariant(static_cast<int>(stateOf(kind(row)))) : QVariant();
    case SortRole:
        return sortKey(row, column);
    case FilterRole: {
        const auto* status = target(row);
        QString words = job(row) + QLatin1Char(' ') + text(row, UrlColumn).toString() + QLatin1Char(' ') + text(row, ErrorColumn).toString();
        words += QLatin1Char(' ') + toQString(status ? status->labels.toString() : discoveredLabels(row).toString());
        return words;
    }
    default:
        return {};
    }
}

TargetsFilter::TargetsFilter(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
}

void TargetsFilter::setJob(const QString& job)
{
    m_job = job;
    invalidateFilter();
}

void TargetsFilter::setKind(std::optional<TargetsModel::Kind> kind)
{
    m_kind = kind;
    invalidateFilter();
}

void TargetsFilter::setWords(const QString& words)
{
    m_words = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool TargetsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const auto* targets = static_cast<const TargetsModel*>(sourceModel());
    if (!m_job.isEmpty() && targets->job(row) != m_job)
        return false;
    if (m_kind && targets->kind(row) != *m_kind)
        return false;
    const QString text = targets->index(row, 0, parent).data(FilterRole).toString();
    return std::ranges::all_of(m_words, [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void LabelsModel::setLabels(const model::Labels& after, const model::Labels& before)
{
    std::map<QString, Row> rows;
    for (const auto& label : after) {
        auto& row = rows[toQString(label.name)];
        row.after = toQString(label.value);
    }
    for (const auto& label : before) {
        auto& row = rows[toQString(label.name)];
        row.before = toQString(label.value);
    }
    beginResetModel();
    m_rows.clear();
    for (auto& [name, row] : rows) {
        row.name = name;
        m_rows.push_back(std::move(row));
    }
    // What the series carry comes first.
    std::ranges::stable_partition(m_rows, [](const Row& row) { return !row.after.isEmpty(); });
    endResetModel();
}

std::span<const TableColumn> LabelsModel::columns() const
{
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("Label") }, { QT_TR_NOOP("After relabelling") }, { QT_TR_NOOP("Before relabelling") } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

QVariant LabelsModel::cell(int at, int column, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SortRole)
        return {};
    const auto& row = m_rows[static_cast<std::size_t>(at)];
    switch (column) {
    case NameColumn:
        return row.name;
    case AfterColumn:
        return row.after;
    case BeforeColumn:
        return row.before;
    default:
        return {};
    }
}

}
