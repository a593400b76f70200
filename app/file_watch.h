#pragma once

#include <QTimer>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace belvedere::app {

/// Looks every two seconds whether files changed, came or went, by their times and sizes. Lives in a thread with an event loop.
class FileWatch {
public:
    using Files = std::function<std::vector<std::filesystem::path>()>;

    /// Begins with what is there now. `files` is asked anew at each look; `changed` is called once for each change.
    void begin(Files files, std::function<void()> changed);
    void end() { m_timer.stop(); }

private:
    [[nodiscard]] std::string state() const;
    void look();

    QTimer m_timer;
    Files m_files;
    std::function<void()> m_changed;
    std::string m_state;
};

}
