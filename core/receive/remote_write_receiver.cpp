#include "core/receive/remote_write_receiver.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/model/commit_waiter.h"

#include <string>
#include <utility>

// A sender keeps what it sent until it is told to forget it. So the answer waits for the commit, and its status says who has
// to act: the sender must not repeat what will be refused again, and must repeat what could not be stored for now.

namespace belvedere::receive {

Response RemoteWriteReceiver::take(const Request& request)
{
    const auto contentType = toLowerAscii(request.header("content-type"));
    if (contentType.find("io.prometheus.write.v2") != std::string::npos)
        return textResponse(415, "remote write 2.0 is not understood here; use prometheus.WriteRequest (1.0)");
    const auto encoding = request.header("content-encoding");
    const auto body = m_gate.unpack(encoding.empty() ? "snappy" : encoding, request.body);
    if (!body)
        return textResponse(pushStatus(body.error().code), body.error().message);
    auto decoded = m_decoder.decode(body->text);
    if (!decoded) {
        const auto code = decoded.error().code;
        const bool senders = code == ErrorCode::parse || code == ErrorCode::invalidArgument || code == ErrorCode::limit;
        return textResponse(code == ErrorCode::limit ? 413 : senders ? 400 : 500, decoded.error().message);
    }
    m_exemplars += decoded->exemplars;
    m_histograms += decoded->histograms;
    m_series += decoded->rejectedSeries;
    model::CommitWaiter<model::AppendSummary> commits;
    for (auto& batch : decoded->batches) {
        commits.queued();
        m_sink.append(std::move(batch), [&commits](const Result<model::AppendSummary>& summary) { commits.take(summary); });
    }
    const auto summary = commits.wait();
    if (!summary) // the sender tries again
        return textResponse(summary.error().code == ErrorCode::full ? 507 : 500, summary.error().message);
    const auto refused = summary->outOfOrder + summary->duplicate + summary->tooOld;
    if (refused == 0 && decoded->rejectedSeries == 0)
        return textResponse(204, {});
    // What could be stored is; 400 tells the sender that trying again will not help.
    std::string why;
    if (refused > 0)
        why = formatted("{} of {} samples were not stored: {} out of order, {} with another value for their time, {} older than the retention",
            refused, decoded->samples, summary->outOfOrder, summary->duplicate, summary->tooOld);
    if (decoded->rejectedSeries > 0)
        why += formatted("{}{} series were not stored: {}", why.empty() ? "" : "; ", decoded->rejectedSeries, decoded->firstRejection);
    return textResponse(400, why);
}

}
