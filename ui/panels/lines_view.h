#pragma once

#include "ui/panels/panel_view.h"

#include <QAbstractListModel>

class QListView;

namespace belvedere::ui {

/// The rows of a log frame: times, lines, labels.
class LinesModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setContent(PanelContentPtr content, bool ascending);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    static constexpr int kTimeRole = Qt::UserRole + 1;
    static constexpr int kLevelRole = Qt::UserRole + 2; ///< int of State
    static constexpr int kLabelsRole = Qt::UserRole + 3;

private:
    struct Row {
        std::size_t frame;
        std::size_t row;
        std::int64_t timeMs;
    };
    [[nodiscard]] QString line(const Row& row) const;

    PanelContentPtr m_content = std::make_shared<const PanelContent>();
    std::vector<Row> m_rows;
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

/// What a line says of its own gravity: a level field or word near its beginning.
[[nodiscard]] int levelOf(std::string_view line);

}
