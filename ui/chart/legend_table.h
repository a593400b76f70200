#pragma once

#include "ui/chart/time_series_view.h"
#include "ui/widgets/table.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace belvedere::ui {

/// Names, colours and last, least, greatest and mean value of a chart's series.
class LegendModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, LastColumn, MinColumn, MaxColumn, MeanColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setChart(std::shared_ptr<const ChartData> data);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Numbers {
        double last;
        double min;
        double max;
        double mean;
    };
    std::shared_ptr<const ChartData> m_data = std::make_shared<const ChartData>();
    std::vector<Numbers> m_numbers;
};

/// A legend that can be read, sorted and clicked: a click shows a series alone, with Ctrl it is hidden or shown.
class LegendTable : public TableView {
    Q_OBJECT

public:
    explicit LegendTable(const Theme& theme, QWidget* parent = nullptr);

    void setChart(std::shared_ptr<const ChartData> data);

Q_SIGNALS:
    void seriesClicked(int series, bool toggle);
    void seriesHovered(int series); ///< -1: none

protected:
    void leaveEvent(QEvent* event) override;

private:
    LegendModel m_model;
    QSortFilterProxyModel m_sorted;
};

}
