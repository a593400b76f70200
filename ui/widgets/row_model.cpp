#include "ui/widgets/row_model.h"

namespace belvedere::ui {

QVariant columnHeader(const QAbstractItemModel& model, std::span<const TableColumn> columns, int section, Qt::Orientation orientation, int role)
{
    if (orientation != Qt::Horizontal || section < 0 || static_cast<std::size_t>(section) >= columns.size())
        return {};
    if (role == Qt::TextAlignmentRole)
        return columnAlignment(columns, section);
    return role == Qt::DisplayRole ? model.metaObject()->tr(columns[static_cast<std::size_t>(section)].title, nullptr) : QVariant();
}

QVariant columnAlignment(std::span<const TableColumn> columns, int column)
{
    if (columns[static_cast<std::size_t>(column)].align == TableColumn::Align::left)
        return {};
    return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
}

QVariant RowModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    return role == Qt::TextAlignmentRole ? columnAlignment(columns(), index.column()) : cell(index.row(), index.column(), role);
}

QVariant RowModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(*this, columns(), section, orientation, role);
}

void RowModel::refreshColumn(int column)
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, column), index(rowCount() - 1, column), { Qt::DisplayRole });
}

}
