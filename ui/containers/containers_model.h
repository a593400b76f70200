#pragma once

#include "core/model/target_status.h"
#include "ui/widgets/row_model.h"

#include <memory>
#include <span>
#include <vector>

namespace belvedere::ui {

enum class State;

/// Ok for what runs and is healthy or done, warning for what starts or is not read, critical for what fails.
[[nodiscard]] State stateOf(const model::ContainerStatus& container);

/// One row a container. Takes a whole finished list and resets.
class ContainersModel : public RowModel {
    Q_OBJECT

public:
    enum Column { NameColumn, StatusColumn, ImageColumn, PortsColumn, RestartsColumn, LinesColumn, ColumnCount };

    using RowModel::RowModel;

    void setContainers(std::shared_ptr<const std::vector<model::ContainerStatus>> containers);
    [[nodiscard]] const model::ContainerStatus& container(int row) const { return (*m_containers)[static_cast<std::size_t>(row)]; }

protected:
    [[nodiscard]] std::span<const TableColumn> columns() const override;
    [[nodiscard]] int rows() const override { return static_cast<int>(m_containers->size()); }
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QVariant text(const model::ContainerStatus& container, int column) const;

    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers = std::make_shared<const std::vector<model::ContainerStatus>>();
};

}
