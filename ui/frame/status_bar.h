#pragma once

#include "ui/backend.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace belvedere::ui {

class RunningQueries;
class Theme;

/// The line at the bottom: what comes in, what is left, what runs, what is wrong.
class StatusBar : public QWidget {
    Q_OBJECT

public:
    StatusBar(const Theme& theme, Backend& backend, RunningQueries& queries, QWidget* parent = nullptr);

    /// A passing remark on the left: "Copied 12 rows".
    void showRemark(const QString& text);
    void openProblems();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void updateStats();
    void updateProblems();
    void updateQueries(int count);

    const Theme& m_theme;
    Backend& m_backend;
    QLabel* m_samples;
    QLabel* m_lines;
    QLabel* m_store;
    QLabel* m_disk;
    QLabel* m_remark;
    QToolButton* m_queries;
    QToolButton* m_problems;
};

}
