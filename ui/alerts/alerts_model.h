#pragma once

#include "core/model/rule_status.h"
#include "ui/widgets/row_model.h"

#include <QAbstractItemModel>

#include <memory>
#include <span>
#include <vector>

namespace belvedere::ui {

using RuleGroups = std::shared_ptr<const std::vector<model::RuleGroupStatus>>;

/// Alerts that are pending or fire, one row each, with the rule they come from.
class AlertsModel : public RowModel {
    Q_OBJECT

public:
    enum Column { StateColumn, NameColumn, SummaryColumn, LabelsColumn, ValueColumn, SinceColumn, ColumnCount };

    struct Row {
        const model::AlertStatus* alert;   ///< valid as long as groups()
        const model::RuleStatus* rule;     ///< likewise
    };

    using RowModel::RowModel;

    void setGroups(RuleGroups groups, qint64 nowMs);
    void setNow(qint64 nowMs);
    [[nodiscard]] const Row& row(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int firing() const;

protected:
    [[nodiscard]] std::span<const TableColumn> columns() const override;
    [[nodiscard]] int rows() const override { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const Row& row, int column) const;

    RuleGroups m_groups;
    std::vector<Row> m_rows;
    qint64 m_nowMs = 0;
};

/// Rule groups with their rules: health, last evaluation, error.
class RulesModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { NameColumn, StateColumn, ExprColumn, EvaluatedColumn, DurationColumn, ErrorColumn, ColumnCount };

    using QAbstractItemModel::QAbstractItemModel;

    void setGroups(RuleGroups groups, qint64 nowMs);
    /// Null for a group.
    [[nodiscard]] const model::RuleStatus* rule(const QModelIndex& index) const;
    /// The first column of the rule of that name; invalid if there is none.
    [[nodiscard]] QModelIndex find(const QString& rule) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] std::span<const TableColumn> columns() const;
    [[nodiscard]] QVariant groupData(const model::RuleGroupStatus& group, int column, int role) const;
    [[nodiscard]] QVariant ruleData(const model::RuleStatus& rule, int column, int role) const;

    RuleGroups m_groups = std::make_shared<const std::vector<model::RuleGroupStatus>>();
    qint64 m_nowMs = 0;
};

}
