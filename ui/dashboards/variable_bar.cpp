#include "ui/dashboards/variable_bar.h"

#include "ui/dashboards/flow_layout.h"
#include "ui/dashboards/variable_picker.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>

#include <algorithm>

namespace belvedere::ui {

namespace {

bool isShown(const dashboard::Variable& variable)
{
    return variable.hide < 2 && variable.type != "constant" && variable.type != "adhoc" && variable.type != "groupby";
}

}

VariableBar::VariableBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
}

void VariableBar::setVariables(const std::vector<dashboard::Variable>& variables)
{
    // A refresh must not close a list that is open.
    if (m_box && variables == m_variables)
        return;
    m_variables = variables;
    delete m_box;
    m_box = new QWidget(this);
    auto* flow = new FlowLayout(Theme::kGrid, m_box);
    flow->setContentsMargins(0, 0, 0, 0);
    for (const auto& variable : variables) {
        if (!isShown(variable))
            continue;
        // Label and control stay together when a line is full.
        auto* pair = new QWidget(m_box);
        auto* row = new QHBoxLayout(pair);
        row->setContentsMargins(0, 0, Theme::kGrid, 0);
        row->setSpacing(6);
        auto* control = makeControl(variable, pair);
        const auto name = toQString(variable.label.empty() ? variable.name : variable.label);
        control->setAccessibleName(name);
        if (variable.hide == 0) {
            auto* label = new QLabel(name, pair);
            label->setFont(m_theme.smallFont());
            label->setForegroundRole(QPalette::PlaceholderText);
            label->setBuddy(control);
            row->addWidget(label);
        }
        row->addWidget(control);
        flow->addWidget(pair);
    }
    layout()->addWidget(m_box);
    setVisible(std::ranges::any_of(variables, isShown));
}

QWidget* VariableBar::makeControl(const dashboard::Variable& variable, QWidget* parent)
{
    if (variable.type == "textbox") {
        auto* edit = new QLineEdit(toQString(variable.values.empty() ? std::string() : variable.values.front()), parent);
        edit->setMaximumWidth(220);
        connect(edit, &QLineEdit::editingFinished, this, [this, edit, name = variable.name, before = edit->text()]() mutable {
            if (edit->text() == before)
                return;
            before = edit->text();
            Q_EMIT chosen(name, { toUtf8(before) }, { toUtf8(before) });
        });
        return edit;
    }
    auto* picker = new VariablePicker(m_theme, variable, parent);
    connect(picker, &VariablePicker::chosen, this, [this, name = variable.name](const std::vector<std::string>& values, const std::vector<std::string>& texts) { Q_EMIT chosen(name, values, texts); });
    return picker;
}

}
