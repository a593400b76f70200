#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace belvedere::receive {

/// A decompressed body, with the right to be as large as it is.
struct UnpackedPush {
    std::string text;
    std::unique_lock<std::mutex> turn; ///< held when `text` is large
};

/// Undoes the compression of pushes within a bound that holds for all of them together.
///
/// A few hundred kilobytes can unpack to the whole limit, so a handler for each of sixteen such bodies would hold
/// gigabytes. Hence only bodies up to kOrdinaryBytes are unpacked at once; beyond that one at a time.
class PushGate {
public:
    static constexpr std::size_t kOrdinaryBytes = std::size_t { 4 } << 20;
    static constexpr std::size_t kLargestBytes = std::size_t { 64 } << 20;

    /// `encoding` is a Content-Encoding. Fails with limit beyond kLargestBytes, unavailable while another large body has its
    /// turn, invalidArgument for an unknown encoding, corrupt for damaged data.
    [[nodiscard]] Result<UnpackedPush> unpack(std::string_view encoding, std::string_view body);

private:
    std::mutex m_large;
};

/// The status to answer such a failure with.
[[nodiscard]] int pushStatus(ErrorCode code) noexcept;

}
