#pragma once

#include "core/base/logger.h"

#include <mutex>

namespace belvedere::app {

/// Writes messages to standard error, one a line: "warning scrape: …". Threading: any thread.
class ConsoleLogger final : public Logger {
public:
    /// Messages below `least` are dropped.
    explicit ConsoleLogger(Level least = Level::info)
        : m_least(least)
    {
    }
    void log(Level level, std::string_view category, std::string_view message) override;

private:
    const Level m_least;
    std::mutex m_mutex; // keeps lines whole
};

}
