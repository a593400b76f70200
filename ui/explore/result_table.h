#pragma once

#include "core/model/query_value.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace belvedere::ui {

/// The answer to an instant query: a column for each label that occurs, then the value.
class ResultTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setVector(model::Vector vector);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<std::string> m_names;
    model::Vector m_rows;
};

/// The last sample of each series: a table for what was asked as a range.
[[nodiscard]] model::Vector lastSamples(const model::Matrix& matrix);

}
