#pragma once

#include "core/datasource/data_source.h"
#include "ui/explore/log_model.h"

#include <QObject>
#include <QTimer>

#include <cstddef>
#include <memory>
#include <vector>

namespace belvedere {
class TaskPool;
}

namespace belvedere::ui {

/// Follows what a log query matches from now on and hands the lines over five times a second. While it is paused they wait;
/// those that no longer fit are dropped and counted: the store has them.
///
/// Create and use it in the window's thread. The pool outlives it.
class LiveTail : public QObject {
    Q_OBJECT

public:
    explicit LiveTail(TaskPool& pool, QObject* parent = nullptr);
    ~LiveTail() override;

    /// Begins anew if query or source differ from those that are followed; follows nothing if `expr` is "".
    void follow(std::shared_ptr<const datasource::DataSource> source, const QString& expr);
    [[nodiscard]] bool isRunning() const { return m_buffer != nullptr; }
    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }

Q_SIGNALS:
    /// Newest first; all newer than those before.
    void linesArrived(const std::vector<belvedere::ui::LogRow>& rows);
    void linesDropped(std::size_t count);
    /// Lines that wait while paused.
    void waitingChanged(std::size_t count);
    void failed(const QString& message);

private:
    struct Buffer;

    void end();
    void drain();

    TaskPool& m_pool;
    QTimer m_timer;
    std::shared_ptr<const datasource::DataSource> m_source;
    QString m_expr;
    std::shared_ptr<Buffer> m_buffer;
    bool m_paused = false;
};

}
