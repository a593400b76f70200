#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace belvedere::ingest {

/// What a Content-Encoding header names. `snappy` is the block format, as remote write and Loki use it.
enum class Encoding : std::uint8_t { identity, gzip, deflate, snappy, zstd };

/// Reads a Content-Encoding header in any case; "" is identity. Fails with invalidArgument for one that nobody here can undo.
[[nodiscard]] Result<Encoding> parseContentEncoding(std::string_view header);

/// Replaces `out` by the decompressed `input`; its capacity is reused.
///
/// Never writes more than `limitBytes`: a body that would grow beyond fails with limit before it does, however small
/// it came. Damaged or cut input fails with corrupt; `out` is then unspecified.
[[nodiscard]] Result<void> decompress(Encoding encoding, std::string_view input, std::size_t limitBytes, std::string& out);

/// Undoes gzip (several members in a row too) piece by piece, in constant memory.
class GunzipStream {
public:
    GunzipStream();
    ~GunzipStream();
    GunzipStream(GunzipStream&&) noexcept;
    GunzipStream& operator=(GunzipStream&&) noexcept;

    /// Appends to `out` what `input` decompresses to, at most `limitBytes` in this call: more fails with limit.
    /// After a failure the stream is of no use any more.
    [[nodiscard]] Result<void> feed(std::string_view input, std::size_t limitBytes, std::string& out);

    /// Fails with corrupt if the input ended in the middle of a member.
    [[nodiscard]] Result<void> finish() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
