#include "ui/containers/containers_model.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/table.h"

namespace belvedere::ui {

State stateOf(const model::ContainerStatus& container)
{
    if (container.state == "running") {
        if (container.health == "unhealthy")
            return State::critical;
        return container.health == "starting" ? State::warning : State::ok;
    }
    if (container.state == "restarting" || container.state == "dead")
        return State::critical;
    if (container.state == "paused")
        return State::warning;
    // "Exited (0) …" has done its work.
    if (container.state == "exited" && !container.status.starts_with("Exited (0)"))
        return State::warning;
    return State::unknown;
}

void ContainersModel::setContainers(std::shared_ptr<const std::vector<model::ContainerStatus>> containers)
{
    beginResetModel();
    m_containers = std::move(containers);
    endResetModel();
}

std::span<const TableColumn> ContainersModel::columns() const
{
    using enum TableColumn::Align;
    static constexpr TableColumn kColumns[] { { QT_TR_NOOP("Container") }, { QT_TR_NOOP("State") }, { QT_TR_NOOP("Image") }, { QT_TR_NOOP("Ports") }, { QT_TR_NOOP("Restarts"), right },
        { QT_TR_NOOP("Log lines"), right } };
    static_assert(std::size(kColumns) == ColumnCount);
    return kColumns;
}

QVariant ContainersModel::text(const model::ContainerStatus& container, int column) const
{
    switch (column) {
    case NameColumn:
        return toQString(container.name);
    case StatusColumn: // Docker's sentence has the health in it
        return toQString(container.status.empty() ? container.state : container.status);
    case ImageColumn:
        return toQString(container.image);
    case PortsColumn: {
        QStringList ports;
        for (const auto& port : container.ports)
            ports << toQString(port);
        return ports.join(QStringLiteral(", "));
    }
    case RestartsColumn:
        return container.restartCount > 0 ? integer(container.restartCount) : QString();
    case LinesColumn:
        if (!container.logsError.empty())
            return tr("not read");
        return container.linesRead > 0 || container.logsFollowed ? integer(static_cast<qint64>(container.linesRead)) : QString();
    default:
        return {};
    }
}

QVariant ContainersModel::cell(int row, int column, int role) const
{
    const auto& item = container(row);
    switch (role) {
    case Qt::DisplayRole:
        return text(item, column);
    case Qt::ToolTipRole:
        if (column == LinesColumn && !item.logsError.empty())
            return toQString(item.logsError);
        return column == PortsColumn || column == ImageColumn || column == NameColumn ? text(item, column) : QVariant();
    case StateRole:
        return column == NameColumn ? QVariant(static_cast<int>(stateOf(item))) : QVariant();
    case SortRole:
        if (column == RestartsColumn)
            return qint64(item.restartCount);
        if (column == LinesColumn)
            return quint64(item.linesRead);
        return text(item, column).toString().toCaseFolded();
    case FilterRole:
        return toQString(item.name + " " + item.image + " " + item.state + " " + item.health + " " + item.composeProject + " " + item.composeService);
    default:
        return {};
    }
}

}
