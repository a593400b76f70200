#pragma once

#include "ui/panels/panel_view.h"

class QLabel;

namespace belvedere::ui {

/// Stands for a panel type that is not drawn: says its name, keeps its place; the document keeps all its options.
class PlaceholderView : public PanelView {
    Q_OBJECT

public:
    PlaceholderView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;

private:
    QLabel* m_label;
};

}
