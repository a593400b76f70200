#pragma once

#include "core/model/target_status.h"
#include "ui/widgets/row_model.h"

#include <QSortFilterProxyModel>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace belvedere::ui {

/// Every target in one table, dropped ones included. Takes a whole finished list and resets.
class TargetsModel : public RowModel {
    Q_OBJECT

public:
    enum Column { StateColumn, JobColumn, UrlColumn, LastScrapeColumn, DurationColumn, SamplesColumn, ErrorColumn, ColumnCount };
    enum class Kind { up, down, unknown, dropped };

    using RowModel::RowModel;

    /// `nowMs` is what "12 s ago" is counted from.
    void setTargets(std::shared_ptr<const model::TargetList> targets, qint64 nowMs);
    /// Counts "12 s ago" anew, without a reset.
    void setNow(qint64 nowMs);

    [[nodiscard]] Kind kind(int row) const;
    [[nodiscard]] QString job(int row) const;
    /// Null for dropped ones.
    [[nodiscard]] const model::TargetStatus* target(int row) const;
    [[nodiscard]] const model::Labels& discoveredLabels(int row) const;

protected:
    [[nodiscard]] std::span<const TableColumn> columns() const override;
    [[nodiscard]] int rows() const override { return static_cast<int>(m_targets->active.size() + m_targets->dropped.size()); }
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QVariant text(int row, int column) const;
    [[nodiscard]] QVariant sortKey(int row, int column) const;

    std::shared_ptr<const model::TargetList> m_targets = std::make_shared<const model::TargetList>();
    qint64 m_nowMs = 0;
};

/// Narrows by job, by state and by words that must all occur.
class TargetsFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TargetsFilter(QObject* parent = nullptr);

    void setJob(const QString& job); ///< "": all
    [[nodiscard]] const QString& job() const { return m_job; }
    void setKind(std::optional<TargetsModel::Kind> kind);
    void setWords(const QString& words);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QString m_job;
    std::optional<TargetsModel::Kind> m_kind;
    QStringList m_words;
};

/// A target's labels before and after relabelling, side by side; one row a name.
class LabelsModel : public RowModel {
    Q_OBJECT

public:
    enum Column { NameColumn, AfterColumn, BeforeColumn, ColumnCount };

    using RowModel::RowModel;

    void setLabels(const model::Labels& after, const model::Labels& before);

protected:
    [[nodiscard]] std::span<const TableColumn> columns() const override;
    [[nodiscard]] int rows() const override { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    struct Row {
        QString name;
        QString after;
        QString before;
    };
    std::vector<Row> m_rows;
};

}
