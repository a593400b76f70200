#pragma once

#include "core/model/target_status.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace belvedere::ui {

enum class State;

/// Ok for what runs and is healthy or done, warning for what starts or is not read, critical for what fails.
[[nodiscard]] State stateOf(const model::ContainerStatus& container);

/// One row a container. Takes a whole finished list and resets.
class ContainersModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, StatusColumn, ImageColumn, PortsColumn, RestartsColumn, LinesColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setContainers(std::shared_ptr<const std::vector<model::ContainerStatus>> containers);
    [[nodiscard]] const model::ContainerStatus& container(int row) const { return (*m_containers)[static_cast<std::size_t>(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QVariant text(const model::ContainerStatus& container, int column) const;

    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers = std::make_shared<const std::vector<model::ContainerStatus>>();
};

}
