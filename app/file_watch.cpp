#include "app/file_watch.h"

#include "core/base/format.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace belvedere::app {

void FileWatch::begin(Files files, std::function<void()> changed)
{
    constexpr std::chrono::milliseconds kLookEvery { 2000 };
    m_files = std::move(files);
    m_changed = std::move(changed);
    m_state = state();
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
    m_timer.start(kLookEvery);
}

std::string FileWatch::state() const
{
    std::string state;
    for (const auto& file : m_files()) {
        std::error_code gone;
        const auto changed = std::filesystem::last_write_time(file, gone);
        if (!gone)
            state += formatted("{} {} {}\n", file.string(), changed.time_since_epoch().count(), std::filesystem::file_size(file, gone));
    }
    return state;
}

void FileWatch::look()
{
    auto now = state();
    if (now == m_state)
        return;
    m_state = std::move(now); // one report for each change, also when it has faults
    m_changed();
}

}
