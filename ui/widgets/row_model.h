#pragma once

#include <QAbstractTableModel>

#include <span>

namespace belvedere::ui {

/// What a table says about one of its columns.
struct TableColumn {
    enum class Align : bool { left, right }; ///< numbers and times stand at the right

    const char* title; ///< QT_TR_NOOP in the model's own context
    Align align = Align::left;
};

/// The header of a column for a model that describes its columns so; for headerData().
[[nodiscard]] QVariant columnHeader(const QAbstractItemModel& model, std::span<const TableColumn> columns, int section, Qt::Orientation orientation, int role);
/// For Qt::TextAlignmentRole; nothing where it is the usual one.
[[nodiscard]] QVariant columnAlignment(std::span<const TableColumn> columns, int column);

/// A table of like rows. Columns are described once, for header and cells alike; what is left to each model is its rows.
class RowModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const final { return parent.isValid() ? 0 : rows(); }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const final { return parent.isValid() ? 0 : static_cast<int>(columns().size()); }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const final;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const final;

protected:
    [[nodiscard]] virtual std::span<const TableColumn> columns() const = 0;
    [[nodiscard]] virtual int rows() const = 0;
    /// Any role but the alignment, of a cell that exists.
    [[nodiscard]] virtual QVariant cell(int row, int column, int role) const = 0;

    /// Tells views that a column, which counts time, reads differently now.
    void refreshColumn(int column);
};

}
