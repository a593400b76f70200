#pragma once

#include "core/dashboard/document.h"

#include <QWidget>

#include <vector>

class QHBoxLayout;

namespace belvedere::ui {

class Theme;

/// A control for every variable that is shown.
class VariableBar : public QWidget {
    Q_OBJECT

public:
    explicit VariableBar(const Theme& theme, QWidget* parent = nullptr);

    void setVariables(const std::vector<dashboard::Variable>& variables);

Q_SIGNALS:
    void chosen(const std::string& name, const std::vector<std::string>& values, const std::vector<std::string>& texts);

private:
    [[nodiscard]] QWidget* makeControl(const dashboard::Variable& variable);
    [[nodiscard]] QWidget* makeCombo(const dashboard::Variable& variable);
    [[nodiscard]] QWidget* makeMultiple(const dashboard::Variable& variable);

    const Theme& m_theme;
    QHBoxLayout* m_layout;
    QWidget* m_box = nullptr;
};

}
