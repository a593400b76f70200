#pragma once

#include "ui/chart/time_series_view.h"
#include "ui/widgets/table.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace belvedere::ui {

/// Gives every series its last, least, greatest and mean value for the legend.
void addLegendNumbers(ChartData& data);

/// Names, colours and legend values of a chart's series.
class LegendModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kNameColumn = 0; ///< the others are ChartData::legendColumns

    using QAbstractTableModel::QAbstractTableModel;

    void setChart(std::shared_ptr<const ChartData> data);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::shared_ptr<const ChartData> m_data = std::make_shared<const ChartData>();
};

/// A legend that can be read, sorted and clicked: a click shows a series alone, with Ctrl it is hidden or shown.
class LegendTable : public TableView {
    Q_OBJECT

public:
    explicit LegendTable(const Theme& theme, QWidget* parent = nullptr);

    void setChart(std::shared_ptr<const ChartData> data);
    /// By a column's title; an unknown one changes nothing.
    void sortBy(const QString& column, bool descending);
    /// What shows all of it.
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void seriesClicked(int series, bool toggle);
    void seriesHovered(int series); ///< -1: none

protected:
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] int numberWidth(int column) const;
    void fitColumns();

    LegendModel m_model;
    QSortFilterProxyModel m_sorted;
};

}
