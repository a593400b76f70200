#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace belvedere::ingest {

/// What a single request may hold at most; beyond it is refused with ErrorCode::limit.
struct RemoteWriteLimits {
    std::size_t series = 1'000'000;
    std::size_t samples = 10'000'000;
    std::size_t labelsPerSeries = 256;
};

/// A decoded request, ready for MetricSink::append().
struct RemoteWriteBatches {
    std::vector<model::MetricBatch> batches; ///< by group and time, times increasing within a group
    std::size_t samples = 0;                 ///< in `batches`
    std::size_t exemplars = 0;               ///< present in the request, not stored
    std::size_t histograms = 0;              ///< native histograms present in the request, not stored
    std::size_t rejectedSeries = 0;          ///< without metric name, with repeated or malformed labels
    std::string firstRejection;              ///< why, for the answer: such a request is answered with 400
};

/// Decodes remote write 1.0 (prometheus.WriteRequest).
///
/// Senders repeat the same label sets in each request: their encoded bytes lead straight to the series' id, so that only
/// new ones are decoded. Series are grouped by their labels `job` and `instance`, because a target's samples share their
/// timestamps. Threading: decode() from any thread; `sink` must outlive this.
class RemoteWriteDecoder {
public:
    explicit RemoteWriteDecoder(model::MetricSink& sink, RemoteWriteLimits limits = {});

    /// `body` is the protobuf message, already decompressed (it comes as snappy). Fails with parse or limit, and then
    /// nothing of the request is taken; or with what the sink answers for a new series.
    [[nodiscard]] Result<RemoteWriteBatches> decode(std::string_view body);

private:
    struct Known {
        model::SeriesId series {};
        model::GroupId group {};
    };
    struct TransparentHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view> {}(text); }
    };

    /// Nothing if the labels are unusable, which `result` then counts.
    [[nodiscard]] Result<std::optional<Known>> seriesOf(std::string_view encodedLabels, RemoteWriteBatches& result);

    model::MetricSink& m_sink;
    const RemoteWriteLimits m_limits;
    std::mutex m_mutex;
    /// Encoded label messages, one after the other, to ids; emptied when it has grown too large.
    std::unordered_map<std::string, Known, TransparentHash, std::equal_to<>> m_known; // guarded by m_mutex
    std::string m_labelBytes;                                                          // guarded by m_mutex
};

}
