#pragma once

#include "ui/panels/panel_view.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

namespace belvedere::ui {

class TableView;

/// One frame as a table: texts as its displays write them, made when they are asked for.
class FrameTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit FrameTableModel(const Theme& theme, QObject* parent);

    void setContent(PanelContentPtr content, std::size_t frame);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    [[nodiscard]] int width(int column) const; ///< as configured, 0: none

    /// A cell's share of a bar, 0 … 1, where its column is shown as gauges.
    static constexpr int kGaugeRole = Qt::UserRole + 20;

private:
    [[nodiscard]] Qt::Alignment alignment(int column) const; ///< of its cells and its header

    const Theme& m_theme;
    PanelContentPtr m_content;
    std::size_t m_frame = 0;
    std::vector<std::size_t> m_fields; ///< shown ones
};

/// Grafana's table panel.
class FrameTableView : public PanelView {
    Q_OBJECT

public:
    FrameTableView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;
    [[nodiscard]] QString toText() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fitColumns();

    TableView* m_table;
    FrameTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    bool m_sortedOnce = false;
    bool m_userWidths = false; ///< a person has dragged a column
};

}
