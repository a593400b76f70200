#pragma once

#include <cstdint>

namespace belvedere {

/// What the operating system says about this process; 0 where it does not say.
struct ProcessStats {
    double cpuSeconds = 0; ///< user and system, of all threads
    std::uint64_t residentBytes = 0;
    std::uint64_t virtualBytes = 0;
    std::uint64_t openDescriptors = 0;
    std::uint64_t maxDescriptors = 0;
    std::uint64_t threads = 0;
    double startTimeSeconds = 0; ///< Unix time
};

[[nodiscard]] ProcessStats processStats();

/// Allows as many open files as the system lets this process have: many systems begin with 1,024, fewer than a folder of logs
/// may hold.
void useAllDescriptors();

}
