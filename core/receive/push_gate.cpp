#include "core/receive/push_gate.h"

#include "core/ingest/compress.h"

namespace belvedere::receive {

Result<UnpackedPush> PushGate::unpack(std::string_view encodingName, std::string_view body)
{
    const auto encoding = ingest::parseContentEncoding(encodingName);
    if (!encoding)
        return std::unexpected(encoding.error());
    UnpackedPush push;
    if (*encoding == ingest::Encoding::identity) { // the server has bounded what came over the wire already
        push.text = body;
        return push;
    }
    const auto ordinary = ingest::decompress(*encoding, body, kOrdinaryBytes, push.text);
    if (ordinary)
        return push;
    if (ordinary.error().code != ErrorCode::limit)
        return std::unexpected(ordinary.error());
    push.text = {}; // gives back what the first attempt took
    push.turn = std::unique_lock(m_large, std::try_to_lock);
    if (!push.turn)
        return failure(ErrorCode::unavailable, "another large push is being unpacked; send smaller batches, or try again");
    if (const auto unpacked = ingest::decompress(*encoding, body, kLargestBytes, push.text); !unpacked)
        return std::unexpected(unpacked.error());
    return push;
}

int pushStatus(ErrorCode code) noexcept
{
    switch (code) {
    case ErrorCode::limit: return 413;
    case ErrorCode::unavailable: return 503;
    case ErrorCode::invalidArgument: return 415;
    default: return 400;
    }
}

}
