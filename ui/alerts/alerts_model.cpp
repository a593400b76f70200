#include "ui/alerts/alerts_model.h"

#include "ui/alerts/alert_history.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

#include <algorithm>

namespace belvedere::ui {

namespace {

    State stateOf(const model::AlertStatus& alert)
    {
        if (alert.state == model::AlertState::pending)
            return State::info;
        return severityOf(alert.labels);
    }

    State stateOf(const model::RuleStatus& rule)
    {
        if (rule.health == "err")
            return State::warning;
        if (rule.health != "ok")
            return State::unknown;
        if (rule.state == model::AlertState::firing)
            return State::critical;
        return rule.state == model::AlertState::pending ? State::info : State::ok;
    }

    /// "queue: mail · severity: warning": what tells it from others, without the punctuation of a query.
    QString ownLabels(const model::Labels& labels)
    {
        QStringList parts;
        for (const auto& label : labels) {
            if (label.name != "alertname")
                parts << QStringLiteral("%1: %2").arg(toQString(label.name), toQString(label.value));
        }
        return parts.join(QStringLiteral(" · "));
    }

}

void AlertsModel::setGroups(RuleGroups groups, qint64 nowMs)
{
    beginResetModel();
    m_groups = std::move(groups);
    m_nowMs = nowMs;
    m_rows.clear();
    for (const auto& group : *m_groups) {
        for (const auto& rule : group.rules) {
            for (const auto& alert : rule.alerts) {
                if (alert.state != model::AlertState::inactive)
                    m_rows.push_back({ &alert, &rule });
            }
        }
    }
    endResetModel();
}

void AlertsModel::setNow(qint64 nowMs)
{
    m_nowMs = nowMs;
    refreshColumn(SinceColumn);
}

int AlertsModel::firing() const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [](const Row& row) { return row.alert->state == model::AlertState::firing; }));
}

std::span<const TableColumn> AlertsModel::columns() const
{
    using enum TableColumn::Align;
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("State") }, { QT_TR_NOOP("Alert") }, { QT_TR_NOOP("Summary") }, { QT_TR_NOOP("Labels") }, { QT_TR_NOOP("Value"), right },
        { QT_TR_NOOP("Since"), right } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

QString AlertsModel::text(const Row& row, int column) const
{
    switch (column) {
    case StateColumn:
        return row.alert->state == model::AlertState::firing ? tr("Firing") : tr("Pending");
    case NameColumn:
        return toQString(row.alert->rule);
    case SummaryColumn: {
        const auto summary = row.alert->annotations.get("summary");
        return toQString(summary.empty() ? row.alert->annotations.get("description") : summary).simplified();
    }
    case LabelsColumn:
        return ownLabels(row.alert->labels);
    case ValueColumn:
        return compactNumber(row.alert->value, 4);
    case SinceColumn:
        return agoText(row.alert->activeAtMs, m_nowMs);
    default:
        return {};
    }
}

QVariant AlertsModel::cell(int at, int column, int role) const
{
    const auto& item = row(at);
    switch (role) {
    case Qt::DisplayRole:
        return text(item, column);
    case Qt::ToolTipRole:
        if (column == SinceColumn)
            return dateTimeText(item.alert->activeAtMs);
        return column == ValueColumn ? fullNumber(item.alert->value) : text(item, column);
    case StateRole:
        return column == StateColumn ? QVariant(static_cast<int>(stateOf(*item.alert))) : QVariant();
    case SortRole:
        switch (column) {
        case StateColumn: // firing before pending, critical before warning, then the newest
            return (item.alert->state == model::AlertState::firing ? 0 : 10) + (stateOf(*item.alert) == State::critical ? 0 : 1);
        case ValueColumn:
            return item.alert->value;
        case SinceColumn:
            return qint64(-item.alert->activeAtMs);
        default:
            return text(item, column).toCaseFolded();
        }
    case FilterRole:
        return text(item, NameColumn) + QLatin1Char(' ') + text(item, SummaryColumn) + QLatin1Char(' ') + text(item, LabelsColumn);
    default:
        return {};
    }
}

// The internal id of an index is 0 for a group, else the group's row plus one.

void RulesModel::setGroups(RuleGroups groups, qint64 nowMs)
{
    const bool sameShape = groups->size() == m_groups->size()
        && std::ranges::equal(*groups, *m_groups, [](const auto& a, const auto& b) { return a.name == b.name && a.rules.size() == b.rules.size(); });
    if (!sameShape)
        beginResetModel();
    m_groups = std::move(groups);
    m_nowMs = nowMs;
    if (!sameShape) {
        endResetModel();
        return;
    }
    // The usual update: what is open stays open.
    for (int g = 0; g < rowCount(); ++g) {
        const auto group = index(g, 0);
        Q_EMIT dataChanged(group, index(g, ColumnCount - 1));
        if (const int rules = rowCount(group); rules > 0)
            Q_EMIT dataChanged(index(0, 0, group), index(rules - 1, ColumnCount - 1, group));
    }
}

const model::RuleStatus* RulesModel::rule(const QModelIndex& index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return nullptr;
    return &(*m_groups)[index.internalId() - 1].rules[static_cast<std::size_t>(index.row())];
}

QModelIndex RulesModel::find(const QString& name) const
{
    const auto wanted = toUtf8(name);
    for (int g = 0; g < rowCount(); ++g) {
        const auto& rules = (*m_groups)[static_cast<std::size_t>(g)].rules;
        const auto at = std::ranges::find(rules, wanted, &model::RuleStatus::name);
        if (at != rules.end())
            return index(static_cast<int>(at - rules.begin()), 0, index(g, 0));
    }
    return {};
}

QModelIndex RulesModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : 0);
}

QModelIndex RulesModel::parent(const QModelIndex& child) const
{
    return child.isValid() && child.internalId() != 0 ? createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr { 0 }) : QModelIndex();
}

int RulesModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_groups->size());
    if (parent.internalId() != 0 || parent.column() != 0)
        return 0;
    return static_cast<int>((*m_groups)[static_cast<std::size_t>(parent.row())].rules.size());
}

int RulesModel::columnCount(const QModelIndex&) const { return ColumnCount; }

std::span<const TableColumn> RulesModel::columns() const
{
    using enum TableColumn::Align;
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("Rule") }, { QT_TR_NOOP("State") }, { QT_TR_NOOP("Expression") }, { QT_TR_NOOP("Evaluated"), right }, { QT_TR_NOOP("Duration"), right },
        { QT_TR_NOOP("Error") } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

QVariant RulesModel::groupData(const model::RuleGroupStatus& group, int column, int role) const
{
    const auto failing = std::ranges::count_if(group.rules, [](const auto& rule) { return rule.health == "err"; });
    if (role == StateRole && column == NameColumn)
        return static_cast<int>(failing > 0 ? State::warning : State::ok);
    if (role == Qt::ToolTipRole && column == NameColumn)
        return toQString(group.file);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case NameColumn:
        return toQString(group.name);
    case StateColumn:
        return failing > 0 ? tr("%1 failing").arg(failing) : tr("rules: %1").arg(group.rules.size());
    case ExprColumn:
        return tr("%1, every %2").arg(toQString(group.file), durationText(static_cast<double>(group.intervalMs) / 1000));
    case EvaluatedColumn:
        return agoText(group.lastEvaluationMs, m_nowMs);
    case DurationColumn:
        return durationText(group.evaluationSeconds);
    default:
        return {};
    }
}

QVariant RulesModel::ruleData(const model::RuleStatus& rule, int column, int role) const
{
    if (role == StateRole && column == NameColumn)
        return static_cast<int>(stateOf(rule));
    if (role == Qt::ToolTipRole && (column == ExprColumn || column == ErrorColumn))
        return toQString(column == ExprColumn ? rule.expr : rule.lastError);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case NameColumn:
        return toQString(rule.name);
    case StateColumn:
        if (rule.health == "err")
            return tr("Failing");
        if (rule.health != "ok")
            return tr("Not yet evaluated");
        if (rule.kind == model::RuleStatus::Kind::recording)
            return tr("Records");
        return rule.state == model::AlertState::firing ? tr("Firing") : rule.state == model::AlertState::pending ? tr("Pending") : tr("Inactive");
    case ExprColumn:
        return toQString(rule.expr).simplified();
    case EvaluatedColumn:
        return agoText(rule.lastEvaluationMs, m_nowMs);
    case DurationColumn:
        return durationText(rule.evaluationSeconds);
    case ErrorColumn:
        return toQString(rule.lastError);
    default:
        return {};
    }
}

QVariant RulesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return columnAlignment(columns(), index.column());
    const auto* item = rule(index);
    return item ? ruleData(*item, index.column(), role) : groupData((*m_groups)[static_cast<std::size_t>(index.row())], index.column(), role);
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(*this, columns(), section, orientation, role);
}

}
