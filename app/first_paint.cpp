#include "app/first_paint.h"

#include "core/base/format.h"
#include "ui/query_runner.h"

#include <QEvent>
#include <QWidget>

namespace belvedere::app {

FirstPaint::FirstPaint(QWidget& window, ui::RunningQueries& queries, Logger& logger, std::chrono::steady_clock::time_point started, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_logger(logger)
    , m_started(started)
{
    connect(&queries, &ui::RunningQueries::changed, this, [this](int count) {
        if (count < m_running) {
            // An answer is here; the view shows it with the next update of the window.
            disconnect(sender(), nullptr, this, nullptr);
            m_window.installEventFilter(this);
        }
        m_running = count;
    });
}

bool FirstPaint::eventFilter(QObject* object, QEvent* event)
{
    if (event->type() == QEvent::UpdateRequest) {
        m_window.removeEventFilter(this);
        QMetaObject::invokeMethod(
            this,
            [this] {
                const std::chrono::duration<double> after = std::chrono::steady_clock::now() - m_started;
                m_logger.log(Logger::Level::info, "window", formatted("first data painted {:.2f} s after the start", after.count()));
            },
            Qt::QueuedConnection);
    }
    return QObject::eventFilter(object, event);
}

}
