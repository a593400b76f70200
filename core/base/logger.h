#pragma once

#include <cstdint>
#include <string_view>

namespace belvedere {

/// Where core reports what is not an answer. `app` maps it to logging categories; tests collect it.
/// Threading: log() is called from any thread.
class Logger {
public:
    enum class Level : std::uint8_t { debug, info, warning, error };

    virtual ~Logger() = default;

    /// `category` is the folder's name ("tsdb", "scrape"); `message` is English without a trailing dot.
    virtual void log(Level level, std::string_view category, std::string_view message) = 0;
};

/// Drops everything; for tests and tools.
class NullLogger final : public Logger {
public:
    void log(Level, std::string_view, std::string_view) override { }
};

}
