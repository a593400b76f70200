#pragma once

#include <cstdint>

namespace belvedere::receive {

/// What remote-write pushes brought and is not stored, since the start.
struct IgnoredPushes {
    std::uint64_t exemplars = 0;
    std::uint64_t histograms = 0; ///< samples of native histograms
    std::uint64_t series = 0;     ///< whose labels are not valid
};

}
