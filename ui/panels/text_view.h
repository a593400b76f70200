#pragma once

#include "ui/panels/panel_view.h"

class QTextBrowser;

namespace belvedere::ui {

/// Grafana's text panel: Markdown, plain code, or HTML of which only the text's structure is kept (no scripts, no remote
/// pictures).
class TextView : public PanelView {
    Q_OBJECT

public:
    TextView(const Theme& theme, QWidget* parent);

    void show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content) override;
    [[nodiscard]] QString toText() const override;

private:
    QTextBrowser* m_browser;
    std::string m_shown;
};

}
