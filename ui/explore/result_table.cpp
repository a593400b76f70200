#include "ui/explore/result_table.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/widgets/table.h"

#include <set>

namespace belvedere::ui {

void ResultTableModel::setVector(model::Vector vector)
{
    std::set<std::string> names;
    for (const auto& sample : vector) {
        for (const auto& label : *sample.labels)
            names.insert(label.name);
    }
    beginResetModel();
    m_rows = std::move(vector);
    m_names.clear();
    // The metric's name leads, as people write it.
    if (names.erase(std::string(model::kMetricName)) > 0)
        m_names.emplace_back(model::kMetricName);
    m_names.insert(m_names.end(), names.begin(), names.end());
    endResetModel();
}

int ResultTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int ResultTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_names.size()) + 1; }

QVariant ResultTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    if (column < m_names.size())
        return role == Qt::DisplayRole || role == Qt::ToolTipRole || role == SortRole ? QVariant(toQString(row.labels->get(m_names[column]))) : QVariant();
    switch (role) {
    case Qt::DisplayRole:
        return fullNumber(row.value);
    case SortRole:
        return row.value;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant ResultTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const bool value = section == static_cast<int>(m_names.size());
    if (role == Qt::TextAlignmentRole && value)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    if (value)
        return tr("Value");
    const auto& name = m_names[static_cast<std::size_t>(section)];
    return name == model::kMetricName ? tr("Metric") : toQString(name);
}

model::Vector lastSamples(const model::Matrix& matrix)
{
    model::Vector vector;
    for (const auto& series : matrix) {
        if (!series.values.empty())
            vector.push_back({ series.labels, series.timesMs.back(), series.values.back() });
    }
    return vector;
}

}
