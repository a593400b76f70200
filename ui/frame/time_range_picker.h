#pragma once

#include <QFrame>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace belvedere::ui {

class Theme;
class TimeContext;

/// The popup behind the time button: quick ranges at one click, and two fields that take anything that is a time.
class TimeRangePicker : public QFrame {
    Q_OBJECT

public:
    TimeRangePicker(const Theme& theme, TimeContext& time, QWidget* parent);

    /// Opens with its right upper corner at `corner` (global).
    void openAt(QPoint corner);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void validate();
    void apply();

    const Theme& m_theme;
    TimeContext& m_time;
    QLineEdit* m_from;
    QLineEdit* m_to;
    QLabel* m_fromHint;
    QLabel* m_toHint;
    QPushButton* m_apply;
    QListWidget* m_quick;
};

}
