#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/log_source.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::ingest {

/// What a single push may hold at most; beyond it is refused with ErrorCode::limit.
struct LokiPushLimits {
    std::size_t entries = 5'000'000;
    std::size_t lineBytes = 16 * 1024 * 1024;
    std::size_t labelsPerStream = 128;
};

/// Decodes the body of POST /loki/api/v1/push with Content-Type application/json:
/// `{"streams": [{"stream": {name: value}, "values": [["<Unix ns>", line, {metadata}?], ...]}]}`.
///
/// `body` is not changed, but may be moved to get room behind its end, which the JSON reader needs.
/// Streams without entries are left out; names of labels and metadata are sorted. Fails with parse, naming stream and
/// entry, or with limit; then nothing of the body is taken.
[[nodiscard]] Result<std::vector<model::LogPush>> decodeLokiPushJson(std::string& body, const LokiPushLimits& limits = {});

/// Decodes logproto.PushRequest, already decompressed (Content-Type application/x-protobuf is snappy).
[[nodiscard]] Result<std::vector<model::LogPush>> decodeLokiPushProtobuf(std::string_view body, const LokiPushLimits& limits = {});

/// Reads `{name="value", ...}` with Go's escapes, as senders write a stream's labels.
[[nodiscard]] Result<model::Labels> parseStreamLabels(std::string_view text);

}
