#pragma once

#include "core/base/logger.h"

#include <QObject>

#include <chrono>

class QWidget;

namespace belvedere::ui {
class RunningQueries;
}

namespace belvedere::app {

/// Reports once how long after the start of the program the first view with data was painted.
class FirstPaint : public QObject {
    Q_OBJECT

public:
    FirstPaint(QWidget& window, ui::RunningQueries& queries, Logger& logger, std::chrono::steady_clock::time_point started, QObject* parent = nullptr);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    QWidget& m_window;
    Logger& m_logger;
    std::chrono::steady_clock::time_point m_started;
    int m_running = 0;
};

}
