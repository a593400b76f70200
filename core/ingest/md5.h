#pragma once

#include <cstdint>
#include <string_view>

namespace belvedere::ingest {

/// The last 8 bytes of the MD5 sum (RFC 1321), read big-endian: what Prometheus' hashmod counts with.
[[nodiscard]] std::uint64_t md5Tail(std::string_view text) noexcept;

}
