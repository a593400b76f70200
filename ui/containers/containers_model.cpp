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

int ContainersModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_containers->size()); }

int ContainersModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

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

QVariant ContainersModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& item = container(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(item, column);
    case Qt::ToolTipRole:
        if (column == LinesColumn && !item.logsError.empty())
            return toQString(item.logsError);
        return column == PortsColumn || column == ImageColumn || column == NameColumn ? text(item, column) : QVariant();
    case Qt::TextAlignmentRole:
        return column == RestartsColumn || column == LinesColumn ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
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

QVariant ContainersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && (section == RestartsColumn || section == LinesColumn))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Container");
    case StatusColumn:
        return tr("State");
    case ImageColumn:
        return tr("Image");
    case PortsColumn:
        return tr("Ports");
    case RestartsColumn:
        return tr("Restarts");
    case LinesColumn:
        return tr("Log lines");
    default:
        return {};
    }
}

}
