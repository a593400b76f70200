#pragma once

#include "core/dashboard/document.h"

#include <QToolButton>

#include <string>
#include <vector>

class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace belvedere::ui {

class Theme;

/// Chooses among a variable's options: a button that says what is chosen, and a list under it that can be searched.
/// With several values the list stays open, and the choice counts when it closes; Escape takes it back.
class VariablePicker : public QToolButton {
    Q_OBJECT

public:
    VariablePicker(const Theme& theme, const dashboard::Variable& variable, QWidget* parent = nullptr);

    void openList();
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(const std::vector<std::string>& values, const std::vector<std::string>& texts);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void createList();
    void fillList();
    void filter(const QString& words);
    void toggle(QListWidgetItem* item);
    void accept();

    const Theme& m_theme;
    std::vector<dashboard::VariableOption> m_options; ///< "All" and "auto" among them
    std::vector<std::string> m_values;
    bool m_multi;
    QWidget* m_popup = nullptr; ///< made when it is first needed
    QLineEdit* m_words = nullptr;
    QListWidget* m_list = nullptr;
};

}
