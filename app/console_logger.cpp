#include "app/console_logger.h"

#include "core/base/format.h"

#include <array>
#include <iostream>

namespace belvedere::app {

void ConsoleLogger::log(Level level, std::string_view category, std::string_view message)
{
    if (level < m_least)
        return;
    static constexpr std::array<std::string_view, 4> kNames { "debug", "info", "warning", "error" };
    const auto line = formatted("{} {}: {}\n", kNames.at(static_cast<std::size_t>(level)), category, message);
    const std::scoped_lock lock(m_mutex);
    std::cerr << line << std::flush;
}

}
