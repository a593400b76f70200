#pragma once

#include "core/dashboard/panel_data.h"
#include "ui/page.h"

#include <QDialog>
#include <QTimer>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

class QComboBox;
class QLineEdit;
class QVBoxLayout;

namespace KSyntaxHighlighting {
class Repository;
}

namespace belvedere::ui {

class NoticeBar;
class PanelFrame;
class QueryEditor;

/// One panel with what it will look like: queries below the preview, settings beside it. What it does not show stays as it is.
class PanelEditor : public QDialog {
    Q_OBJECT

public:
    /// `request` is what the dashboard would ask for the panel; `panel` the panel as the document has it.
    PanelEditor(const PageServices& services, dashboard::PanelRequest request, Json panel, QWidget* parent);
    ~PanelEditor() override;

    /// The panel with what was entered.
    [[nodiscard]] Json panel() const;

    /// Asks first if something was entered: Escape is pressed quickly.
    void reject() override;

private:
    struct QueryRow {
        QWidget* box;
        QueryEditor* expr;
        QLineEdit* legend;
        Json target;
    };

    [[nodiscard]] QWidget* createSettings();
    [[nodiscard]] QWidget* createQueries();
    void addQuery(const Json& target);
    [[nodiscard]] std::shared_ptr<const datasource::DataSource> source() const;
    void updateSource();
    void updatePreview();

    const PageServices m_services;
    const dashboard::PanelRequest m_request;
    Json m_panel;
    Json m_untouched; ///< panel() before anything was entered
    std::unique_ptr<KSyntaxHighlighting::Repository> m_syntax;
    QLineEdit* m_title = nullptr;
    QComboBox* m_type = nullptr;
    QComboBox* m_source = nullptr;
    QComboBox* m_unit = nullptr;
    QLineEdit* m_decimals = nullptr;
    QLineEdit* m_min = nullptr;
    QLineEdit* m_max = nullptr;
    QComboBox* m_legend = nullptr;
    QComboBox* m_stack = nullptr;
    QVBoxLayout* m_queries = nullptr;
    std::vector<QueryRow> m_rows;
    PanelFrame* m_preview = nullptr;
    NoticeBar* m_fault = nullptr; ///< why the preview could not be made
    QTimer m_previewDelay;
    std::stop_source m_stop;
    quint64 m_previewId = 0;
};

}
