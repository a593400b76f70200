#pragma once

#include "ui/theme.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace belvedere::ui {

/// A line across a view that says what went wrong or is missing there, and offers the remedy; stays until resolved.
class NoticeBar : public QFrame {
    Q_OBJECT

public:
    explicit NoticeBar(const Theme& theme, QWidget* parent = nullptr);

    /// Shows `text`; `action` names the button, no button if it is "". A click emits activated().
    void showNotice(State state, const QString& text, const QString& action = {});

    [[nodiscard]] QString text() const;
    [[nodiscard]] State state() const { return m_state; }

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    State m_state = State::info;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_button;
};

}
