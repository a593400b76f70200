#pragma once

#include "core/ingest/remote_write.h"
#include "core/model/metric_source.h"
#include "core/receive/http.h"
#include "core/receive/ignored_pushes.h"
#include "core/receive/push_gate.h"

#include <atomic>
#include <cstdint>

namespace belvedere::receive {

/// Takes what other Prometheus servers and agents send with remote write 1.0, and answers once it is committed.
/// Threading: take() from any thread.
class RemoteWriteReceiver {
public:
    /// `sink` must outlive the receiver.
    explicit RemoteWriteReceiver(model::MetricSink& sink)
        : m_sink(sink)
        , m_decoder(sink)
    {
    }

    /// Answers 204, or says what was wrong: with 4xx if sending it again will not help, with 5xx if it may.
    [[nodiscard]] Response take(const Request& request);

    [[nodiscard]] IgnoredPushes ignored() const { return { m_exemplars, m_histograms, m_series }; } ///< any thread

private:
    model::MetricSink& m_sink;
    ingest::RemoteWriteDecoder m_decoder;
    PushGate m_gate;
    std::atomic<std::uint64_t> m_exemplars = 0;
    std::atomic<std::uint64_t> m_histograms = 0;
    std::atomic<std::uint64_t> m_series = 0;
};

}
