#pragma once

#include "core/dashboard/document.h"
#include "ui/page.h"

#include <QDialog>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QListWidget;
class QVBoxLayout;

namespace belvedere::ui {

/// Title, type, unit and queries of one panel. What it does not show stays as it is.
class PanelEditor : public QDialog {
    Q_OBJECT

public:
    PanelEditor(const PageServices& services, Json panel, QWidget* parent);

    /// The panel with what was entered.
    [[nodiscard]] Json panel() const;

private:
    struct QueryRow {
        QWidget* box;
        QPlainTextEdit* expr;
        QLineEdit* legend;
        Json target;
    };

    void addQuery(const Json& target);

    const PageServices m_services;
    Json m_panel;
    QLineEdit* m_title;
    QComboBox* m_type;
    QComboBox* m_unit;
    QVBoxLayout* m_queries;
    std::vector<QueryRow> m_rows;
};

}
