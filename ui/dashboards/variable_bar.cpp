#include "ui/dashboards/variable_bar.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace belvedere::ui {
namespace {

QString allText()
{
    //: every value of a dashboard variable
    return VariableBar::tr("All");
}

}

VariableBar::VariableBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(8, 4, 8, 4);
}

void VariableBar::setVariables(const std::vector<dashboard::Variable>& variables)
{
    delete m_box;
    m_box = new QWidget(this);
    auto* row = new QHBoxLayout(m_box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    int shown = 0;
    for (const auto& variable : variables) {
        if (variable.hide >= 2 || variable.type == "constant" || variable.type == "adhoc" || variable.type == "groupby")
            continue;
        auto* control = makeControl(variable);
        const auto name = toQString(variable.label.empty() ? variable.name : variable.label);
        if (variable.hide == 0) {
            auto* label = new QLabel(name, m_box);
            label->setFont(m_theme.smallFont());
            label->setForegroundRole(QPalette::PlaceholderText);
            label->setBuddy(control);
            row->addWidget(label);
        }
        control->setAccessibleName(name);
        row->addWidget(control);
        row->addSpacing(Theme::kGrid);
        ++shown;
    }
    row->addStretch(1);
    m_layout->addWidget(m_box);
    setVisible(shown > 0);
}

QWidget* VariableBar::makeControl(const dashboard::Variable& variable)
{
    if (variable.type == "textbox") {
        auto* edit = new QLineEdit(toQString(variable.values.empty() ? std::string() : variable.values.front()), m_box);
        edit->setMaximumWidth(220);
        connect(edit, &QLineEdit::editingFinished, this, [this, edit, name = variable.name, before = edit->text()]() mutable {
            if (edit->text() == before)
                return;
            before = edit->text();
            Q_EMIT chosen(name, { toUtf8(before) }, { toUtf8(before) });
        });
        return edit;
    }
    return variable.multi ? makeMultiple(variable) : makeCombo(variable);
}

QWidget* VariableBar::makeCombo(const dashboard::Variable& variable)
{
    auto* combo = new QComboBox(m_box);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    combo->setMaximumWidth(320);
    if (variable.includeAll)
        combo->addItem(allText(), toQString(dashboard::kAllValue));
    if (variable.type == "interval" && variable.autoInterval)
        combo->addItem(tr("auto"), QStringLiteral("$__auto"));
    for (const auto& option : variable.options)
        combo->addItem(toQString(option.text), toQString(option.value));
    const auto current = toQString(variable.values.empty() ? std::string() : variable.values.front());
    int index = current.startsWith(QLatin1String("$__auto")) ? combo->findData(QStringLiteral("$__auto")) : combo->findData(current);
    if (index < 0 && !current.isEmpty()) {
        combo->addItem(current, current);
        index = combo->count() - 1;
    }
    combo->setCurrentIndex(index);
    connect(combo, &QComboBox::activated, this, [this, combo, name = variable.name](int chosenIndex) {
        Q_EMIT chosen(name, { toUtf8(combo->itemData(chosenIndex).toString()) }, { toUtf8(combo->itemText(chosenIndex)) });
    });
    return combo;
}

QWidget* VariableBar::makeMultiple(const dashboard::Variable& variable)
{
    auto* button = new QToolButton(m_box);
    QStringList names;
    for (const auto& text : variable.texts)
        names += toQString(text);
    button->setText(variable.isAll() ? allText() : names.size() > 2 ? tr("%n chosen", nullptr, static_cast<int>(names.size())) : names.join(QStringLiteral(" + ")));
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setPopupMode(QToolButton::InstantPopup);
    constexpr int kArrowAndPadding = 48;
    button->setMinimumWidth(std::min(320, button->fontMetrics().horizontalAdvance(button->text()) + kArrowAndPadding));
    auto* menu = new QMenu(button);
    button->setMenu(menu);
    const auto choose = [this, menu, name = variable.name](QAction* toggled) {
        std::vector<std::string> values;
        std::vector<std::string> texts;
        const bool all = toggled->data().toString() == toQString(dashboard::kAllValue);
        for (auto* action : menu->actions()) {
            const bool isAll = action->data().toString() == toQString(dashboard::kAllValue);
            if (action->isChecked() && isAll == all) {
                values.push_back(toUtf8(action->data().toString()));
                texts.push_back(toUtf8(action->text()));
            }
        }
        Q_EMIT chosen(name, values, texts);
    };
    const auto add = [menu, choose](const QString& text, const QString& value, bool checked) {
        auto* action = menu->addAction(text);
        action->setData(value);
        action->setCheckable(true);
        action->setChecked(checked);
        QObject::connect(action, &QAction::triggered, menu, [choose, action] { choose(action); });
    };
    if (variable.includeAll)
        add(allText(), toQString(dashboard::kAllValue), variable.isAll());
    for (const auto& option : variable.options)
        add(toQString(option.text), toQString(option.value), std::ranges::find(variable.values, option.value) != variable.values.end());
    return button;
}

}
