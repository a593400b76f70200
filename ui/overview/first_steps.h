#pragma once

#include "ui/theme.h"

#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;

namespace belvedere::ui {

/// What to do while nothing is watched yet: containers, targets, alert rules, or the demo. Each step tells how it stands.
class FirstSteps : public QWidget {
    Q_OBJECT

public:
    explicit FirstSteps(const Theme& theme, QWidget* parent = nullptr);

    /// `dockerState` as Backend has it.
    void setContainers(const QString& dockerState);
    void setTargets(const QString& workspaceFile);
    /// `offered`: the shipped rules can be added.
    void setRules(bool any, bool offered);

Q_SIGNALS:
    /// See Page::actionWanted().
    void actionWanted(const QString& name);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Step {
        QString iconName;
        QLabel* icon = nullptr;
        QLabel* title = nullptr;
        QLabel* text = nullptr;
        QPushButton* button = nullptr; ///< null where there is nothing to press
    };

    [[nodiscard]] Step createStep(const QString& icon, const QString& title, const QString& button, const QString& action);
    void setText(const Step& step, const QString& text) const;
    void retint();

    const Theme& m_theme;
    Step m_containers;
    Step m_targets;
    Step m_rules;
    Step m_demo;
};

}
