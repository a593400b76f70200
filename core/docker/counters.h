#pragma once

#include <atomic>
#include <cstdint>

namespace belvedere::docker {

/// What became of the containers' logs since the program's start. Written by the follower's thread, read from any.
struct Counters {
    std::atomic<bool> connected = false;
    std::atomic<std::uint64_t> containers = 0; ///< that exist now
    std::atomic<std::uint64_t> followed = 0;   ///< whose logs are wanted and can be read
    std::atomic<std::uint64_t> lines = 0;
    std::atomic<std::uint64_t> connections = 0; ///< to Docker's events; more than one: it was away in between
    std::atomic<std::uint64_t> errors = 0;      ///< readings of a log that failed
};

}
