#pragma once

#include "ui/panels/panel_view.h"

#include <QAbstractListModel>

class QListView;

namespace belvedere::ui {

/// The lines of a panel: time, text, gravity.
class LinesModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setContent(PanelContentPtr content, bool ascending);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    static constexpr int kTimeRole = Qt::UserRole + 1;
    static constexpr int kLevelRole = Qt::UserRole + 2; ///< int of State

private:
    [[nodiscard]] const dashboard::LogRow& row(const QModelIndex& index) const;

    PanelContentPtr m_content = std::make_shared<const PanelContent>();
    bool m_ascending = false;
};

/// Grafana's logs panel: newest first, colour and shape of the level before each line.
class LinesView : public PanelView {
    Q_OBJECT

public:
    LinesView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;
    [[nodiscard]] QString toText() const override;

private:
    QListView* m_list;
    LinesModel* m_model;
    bool m_wrap = false;
    bool m_showTime = true;
};

}
