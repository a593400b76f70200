#pragma once

#include "ui/theme.h"

#include <QStackedWidget>
#include <QTimer>

class QLabel;
class QPushButton;
class QProgressBar;

namespace belvedere::ui {

/// Shows a view, or in its place why there is nothing to see: loading, empty, or failed with the remedy. The view keeps
/// its state behind; loading shows only after 200 ms, so that quick answers do not flicker.
class StateStack : public QStackedWidget {
    Q_OBJECT

public:
    /// `content` becomes a child.
    StateStack(const Theme& theme, QWidget* content, QWidget* parent = nullptr);

    void showContent();
    /// What this is, what to do first, and one button (none if `action` is ""), which emits activated().
    void showEmpty(const QString& icon, const QString& title, const QString& text, const QString& action = {});
    void showLoading(const QString& text);
    void showError(const QString& title, const QString& text, const QString& action = {});

    [[nodiscard]] bool showsContent() const { return currentIndex() == 0; }
    [[nodiscard]] QString title() const;

Q_SIGNALS:
    void activated();

private:
    void showMessage(const QPixmap& pixmap, const QString& title, const QString& text, const QString& action);
    void fitText();
    void retint();

    const Theme& m_theme;
    QString m_iconName; // "" when it is the error shape
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_button;
    QLabel* m_loading;
    QTimer m_loadingDelay;
};

}
