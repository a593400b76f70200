#pragma once

#include "core/dashboard/document.h"

#include <QWidget>

#include <vector>

namespace belvedere::ui {

class Theme;

/// A control for every variable that is shown, in as many lines as they need.
class VariableBar : public QWidget {
    Q_OBJECT

public:
    explicit VariableBar(const Theme& theme, QWidget* parent = nullptr);

    void setVariables(const std::vector<dashboard::Variable>& variables);

Q_SIGNALS:
    void chosen(const std::string& name, const std::vector<std::string>& values, const std::vector<std::string>& texts);

private:
    [[nodiscard]] QWidget* makeControl(const dashboard::Variable& variable, QWidget* parent);

    const Theme& m_theme;
    std::vector<dashboard::Variable> m_variables;
    QWidget* m_box = nullptr;
};

}
