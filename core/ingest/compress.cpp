#include "core/ingest/compress.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

namespace belvedere::ingest {

namespace {

std::unexpected<Error> tooLarge(std::size_t limitBytes)
{
    return failure(ErrorCode::limit, formatted("the decompressed data is larger than the limit of {} bytes", limitBytes));
}

/// zlib counts in 32 bits.
unsigned clamped(std::size_t bytes) { return static_cast<unsigned>(std::min<std::size_t>(bytes, 1U << 30)); }

// What zlib's window bits say about the header.
constexpr int kGzip = 15 + 16;
constexpr int kZlib = 15;
constexpr int kRawDeflate = -15;

/// One inflating zlib stream that goes on over several members.
struct Inflater {
    z_stream z {};
    bool insideMember = false;
    bool anyMember = false;

    explicit Inflater(int windowBits)
    {
        inflateInit2(&z, windowBits);
    }
    ~Inflater() { inflateEnd(&z); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    Result<void> feed(std::string_view input, std::size_t limitBytes, std::string& out)
    {
        std::size_t room = limitBytes;
        bool outputWaits = false; // the last piece of output was filled: zlib may hold more
        while (!input.empty() || outputWaits) {
            if (!insideMember) {
                // Zero padding after the last member is common (tar, block devices) and harmless.
                if (anyMember)
                    input.remove_prefix(std::min(input.find_first_not_of('\0'), input.size()));
                if (input.empty())
                    break;
                if (anyMember)
                    inflateReset(&z);
                insideMember = anyMember = true;
            }
            const std::size_t before = out.size();
            // One byte beyond the limit is enough to see that there would be more.
            const std::size_t space = std::min(std::clamp<std::size_t>(input.size() * 6, 16 * 1024, 1 << 20), room + 1);
            const unsigned offered = clamped(input.size());
            int status = Z_OK;
            out.resize_and_overwrite(before + space, [&](char* data, std::size_t) {
                z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
                z.avail_in = offered;
                z.next_out = reinterpret_cast<Bytef*>(data + before);
                z.avail_out = static_cast<unsigned>(space);
                status = inflate(&z, Z_NO_FLUSH);
                return before + space - z.avail_out;
            });
            const std::size_t produced = out.size() - before;
            if (produced > room)
                return tooLarge(limitBytes);
            room -= produced;
            input.remove_prefix(offered - z.avail_in);
            outputWaits = z.avail_out == 0;
            if (status == Z_STREAM_END)
                insideMember = outputWaits = false;
            else if (status != Z_OK && status != Z_BUF_ERROR)
                return failure(ErrorCode::corrupt, formatted("gzip: {}", z.msg ? z.msg : "damaged data"));
        }
        return {};
    }

    Result<void> finish() const
    {
        if (insideMember || !anyMember)
            return failure(ErrorCode::corrupt, "gzip: unexpected end of the data");
        return {};
    }
};

Result<void> inflateAll(int windowBits, std::string_view input, std::size_t limitBytes, std::string& out)
{
    Inflater inflater(windowBits);
    if (auto fed = inflater.feed(input, limitBytes, out); !fed)
        return fed;
    return inflater.finish();
}

}

Result<Encoding> parseContentEncoding(std::string_view header)
{
    const auto name = toLowerAscii(trim(header));
    if (name.empty() || name == "identity")
        return Encoding::identity;
    if (name == "gzip" || name == "x-gzip")
        return Encoding::gzip;
    if (name == "deflate")
        return Encoding::deflate;
    if (name == "snappy")
        return Encoding::snappy;
    if (name == "zstd")
        return Encoding::zstd;
    return failure(ErrorCode::invalidArgument,
        formatted("Content-Encoding '{}' is not supported; use gzip, deflate, snappy, zstd or none", name));
}

struct GunzipStream::State {
    Inflater inflater { kGzip };
};

GunzipStream::GunzipStream()
    : m_state(std::make_unique<State>())
{
}
GunzipStream::~GunzipStream() = default;
GunzipStream::GunzipStream(GunzipStream&&) noexcept = default;
GunzipStream& GunzipStream::operator=(GunzipStream&&) noexcept = default;

Result<void> GunzipStream::feed(std::string_view input, std::size_t limitBytes, std::string& out)
{
    return m_state->inflater.feed(input, limitBytes, out);
}

Result<void> GunzipStream::finish() const { return m_state->inflater.finish(); }

namespace {

Result<void> unsnappy(std::string_view input, std::size_t limitBytes, std::string& out)
{
    std::size_t length = 0;
    if (!snappy::GetUncompressedLength(input.data(), input.size(), &length))
        return failure(ErrorCode::corrupt, "snappy: the data does not begin with a length; it must be in the block format");
    if (length > limitBytes)
        return tooLarge(limitBytes);
    // A copy element yields at most 64 bytes for 2: whoever claims more lies, and gets no memory for it.
    if (length / 64 > input.size() + 1)
        return failure(ErrorCode::corrupt, "snappy: the length at the start is more than the data can hold");
    bool good = false;
    out.resize_and_overwrite(length, [&](char* data, std::size_t) {
        good = snappy::RawUncompress(input.data(), input.size(), data);
        return good ? length : 0;
    });
    if (!good)
        return failure(ErrorCode::corrupt, "snappy: damaged data");
    return {};
}

Result<void> unzstd(std::string_view input, std::size_t limitBytes, std::string& out)
{
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    if (!context)
        return failure(ErrorCode::full, "zstd: not enough memory");
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
    ZSTD_inBuffer in { input.data(), input.size(), 0 };
    std::size_t room = limitBytes;
    std::size_t pending = 1;
    while (in.pos < in.size || pending != 0) {
        const std::size_t before = out.size();
        const std::size_t space = std::min(std::max<std::size_t>(ZSTD_DStreamOutSize(), input.size()), room + 1);
        const std::size_t consumedBefore = in.pos;
        std::size_t status = 0;
        out.resize_and_overwrite(before + space, [&](char* data, std::size_t) {
            ZSTD_outBuffer piece { data + before, space, 0 };
            status = ZSTD_decompressStream(context.get(), &piece, &in);
            return before + (ZSTD_isError(status) ? 0 : piece.pos);
        });
        if (ZSTD_isError(status))
            return failure(ErrorCode::corrupt, formatted("zstd: {}", ZSTD_getErrorName(status)));
        const std::size_t produced = out.size() - before;
        if (produced > room)
            return tooLarge(limitBytes);
        room -= produced;
        pending = status;
        if (produced == 0 && in.pos == consumedBefore)
            return failure(ErrorCode::corrupt, "zstd: unexpected end of the data");
    }
    return {};
}

}

Result<void> decompress(Encoding encoding, std::string_view input, std::size_t limitBytes, std::string& out)
{
    out.clear();
    switch (encoding) {
    case Encoding::identity:
        if (input.size() > limitBytes)
            return tooLarge(limitBytes);
        out.assign(input);
        return {};
    case Encoding::gzip: return inflateAll(kGzip, input, limitBytes, out);
    case Encoding::deflate: {
        // Meant is the zlib format; some senders leave its header out.
        const bool header = input.size() >= 2 && (input[0] & 0x0F) == 8 && ((static_cast<unsigned char>(input[0]) << 8) + static_cast<unsigned char>(input[1])) % 31 == 0;
        return inflateAll(header ? kZlib : kRawDeflate, input, limitBytes, out);
    }
    case Encoding::snappy: return unsnappy(input, limitBytes, out);
    case Encoding::zstd: return unzstd(input, limitBytes, out);
    }
    return failure(ErrorCode::invalidArgument, "unknown encoding");
}

}
