#include "core/ingest/remote_write.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/ingest/protobuf_reader.h"
#include "core/ingest/sample_grouper.h"

#include <algorithm>
#include <array>

// Message numbers are those of prometheus.WriteRequest (prompb/remote.proto, prompb/types.proto).

namespace belvedere::ingest {

namespace {

using Wire = ProtobufReader::Wire;

/// Label sets known at once; an entry takes about 300 bytes.
constexpr std::size_t kMostKnown = 500'000;

std::unexpected<Error> damaged(std::string_view part)
{
    return failure(ErrorCode::parse, formatted("damaged remote write request: {} is cut or malformed", part));
}

/// Decodes label messages that stand one after the other. Nothing if they are no usable label set; `why` says so.
Result<std::optional<model::Labels>> decodeLabels(std::string_view encoded, std::size_t limit, std::string& why)
{
    std::vector<model::Label> labels;
    ProtobufReader reader(encoded);
    while (reader.next()) {
        if (!reader.is(1, Wire::bytes))
            continue;
        auto& label = labels.emplace_back();
        ProtobufReader part(reader.bytes());
        while (part.next()) {
            if (part.is(1, Wire::bytes))
                label.name = part.bytes();
            else if (part.is(2, Wire::bytes))
                label.value = part.bytes();
        }
        if (!part.ok())
            return damaged("a label");
        if (labels.size() > limit)
            return failure(ErrorCode::limit, formatted("a series has more than {} labels", limit));
    }
    if (!reader.ok())
        return damaged("a series");
    for (const auto& label : labels) {
        if (label.name.empty() || !isValidUtf8(label.name) || !isValidUtf8(label.value)) {
            why = formatted("label {} is empty or not valid UTF-8", goQuoted(label.name));
            return std::nullopt;
        }
    }
    std::ranges::sort(labels, {}, &model::Label::name);
    if (const auto twice = std::ranges::adjacent_find(labels, {}, &model::Label::name); twice != labels.end()) {
        why = formatted("label name {} is not unique in {}", goQuoted(twice->name), model::Labels(labels).toString());
        return std::nullopt;
    }
    model::Labels out(std::move(labels));
    if (out.metricName().empty()) {
        why = formatted("series {} has no metric name (__name__)", out.toString());
        return std::nullopt;
    }
    return out;
}

Result<model::MetricMetadata> decodeMetadata(std::string_view message)
{
    static constexpr std::array<std::string_view, 8> kTypes { "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset" };
    model::MetricMetadata out;
    out.type = kTypes[0];
    ProtobufReader reader(message);
    while (reader.next()) {
        if (reader.is(1, Wire::varint))
            out.type = kTypes[reader.varint() < kTypes.size() ? reader.varint() : 0];
        else if (reader.is(2, Wire::bytes))
            out.metric = toValidUtf8(reader.bytes());
        else if (reader.is(4, Wire::bytes))
            out.help = toValidUtf8(reader.bytes());
        else if (reader.is(5, Wire::bytes))
            out.unit = toValidUtf8(reader.bytes());
    }
    if (!reader.ok())
        return damaged("metadata");
    return out;
}

Result<model::Sample> decodeSample(std::string_view message)
{
    model::Sample out;
    ProtobufReader reader(message);
    while (reader.next()) {
        if (reader.is(1, Wire::fixed64))
            out.value = reader.float64();
        else if (reader.is(2, Wire::varint))
            out.timeMs = reader.int64();
    }
    if (!reader.ok())
        return damaged("a sample");
    return out;
}

}

RemoteWriteDecoder::RemoteWriteDecoder(model::MetricSink& sink, RemoteWriteLimits limits)
    : m_sink(sink)
    , m_limits(limits)
{
}

Result<std::optional<RemoteWriteDecoder::Known>> RemoteWriteDecoder::seriesOf(std::string_view encodedLabels, RemoteWriteBatches& result)
{
    if (const auto known = m_known.find(encodedLabels); known != m_known.end())
        return known->second;
    std::string why;
    const auto labels = decodeLabels(encodedLabels, m_limits.labelsPerSeries, why);
    if (!labels)
        return std::unexpected(labels.error());
    if (!*labels) {
        if (result.rejectedSeries++ == 0)
            result.firstRejection = std::move(why);
        return std::nullopt;
    }
    const auto series = m_sink.seriesId(**labels);
    if (!series)
        return std::unexpected(series.error());
    const auto group = m_sink.groupId(formatted("write/{}/{}", (*labels)->get("job"), (*labels)->get("instance")));
    if (!group)
        return std::unexpected(group.error());
    if (m_known.size() >= kMostKnown)
        m_known.clear();
    return m_known.emplace(encodedLabels, Known { *series, *group }).first->second;
}

Result<RemoteWriteBatches> RemoteWriteDecoder::decode(std::string_view body)
{
    const std::scoped_lock lock(m_mutex);
    RemoteWriteBatches result;
    SampleGrouper grouper;
    std::vector<model::MetricMetadata> metadata;
    std::vector<model::Sample> samples;
    std::size_t seriesCount = 0;
    ProtobufReader request(body);
    while (request.next()) {
        if (request.is(3, Wire::bytes)) {
            auto decoded = decodeMetadata(request.bytes());
            if (!decoded)
                return std::unexpected(decoded.error());
            if (!decoded->metric.empty())
                metadata.push_back(std::move(*decoded));
            continue;
        }
        if (!request.is(1, Wire::bytes))
            continue;
        if (++seriesCount > m_limits.series)
            return failure(ErrorCode::limit, formatted("more than {} series in one request; lower max_samples_per_send", m_limits.series));

        m_labelBytes.clear();
        samples.clear();
        ProtobufReader series(request.bytes());
        while (series.next()) {
            if (series.is(1, Wire::bytes)) {
                m_labelBytes += series.encoded();
            } else if (series.is(2, Wire::bytes)) {
                const auto sample = decodeSample(series.bytes());
                if (!sample)
                    return std::unexpected(sample.error());
                samples.push_back(*sample);
            } else if (series.is(3, Wire::bytes)) {
                ++result.exemplars;
            } else if (series.is(4, Wire::bytes)) {
                ++result.histograms;
            }
        }
        if (!series.ok())
            return damaged("a series");
        result.samples += samples.size();
        if (result.samples > m_limits.samples)
            return failure(ErrorCode::limit, formatted("more than {} samples in one request; lower max_samples_per_send", m_limits.samples));
        const auto known = seriesOf(m_labelBytes, result);
        if (!known)
            return std::unexpected(known.error());
        if (!*known) {
            result.samples -= samples.size();
            continue;
        }
        for (const auto& sample : samples)
            grouper.add((*known)->group, (*known)->series, sample);
    }
    if (!request.ok())
        return damaged("the message");
    result.batches = grouper.take();
    if (!metadata.empty()) {
        if (result.batches.empty())
            result.batches.emplace_back();
        result.batches.front().metadata = std::move(metadata);
    }
    return result;
}

}
