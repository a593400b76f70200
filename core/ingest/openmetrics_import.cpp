#include "core/ingest/openmetrics_import.h"

#include "core/base/format.h"
#include "core/ingest/compress.h"
#include "core/ingest/exposition.h"
#include "core/ingest/sample_grouper.h"
#include "core/model/commit_waiter.h"

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace belvedere::ingest {

namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
/// Less of what grows when it is unpacked: a thousandfold at most.
constexpr std::size_t kGzipPieceBytes = 64 << 10;
/// A line can be longer than a piece; beyond this it is no exposition.
constexpr std::size_t kMostLineBytes = 64 << 20;

/// Gives a stream's text, unpacked if it is gzip, in pieces of whole lines. Never seeks: it may be a pipe.
class LineReader {
public:
    explicit LineReader(std::istream& in)
        : m_in(in)
    {
    }

    /// The next piece; valid until the next call. Empty at the end.
    Result<std::string_view> next()
    {
        m_text.erase(0, m_given);
        m_given = 0;
        while (!m_ended) {
            const auto from = m_text.size();
            if (auto read = readMore(); !read)
                return std::unexpected(read.error());
            if (const auto newline = m_text.rfind('\n'); newline != m_text.npos && newline >= from) {
                m_given = newline + 1;
                return std::string_view(m_text).substr(0, m_given);
            }
            if (m_text.size() > kMostLineBytes)
                return failure(ErrorCode::limit, formatted("a line is longer than {} bytes", kMostLineBytes));
        }
        m_given = m_text.size();
        return std::string_view(m_text);
    }

    [[nodiscard]] bool atEnd() const { return m_ended && m_given == m_text.size(); }
    [[nodiscard]] std::uint64_t bytesRead() const { return m_bytesRead; }

private:
    Result<void> readMore()
    {
        // The first piece is small: it tells what the rest is.
        std::string raw(m_bytesRead == 0 || m_gunzip ? kGzipPieceBytes : kPieceBytes, '\0');
        m_in.read(raw.data(), static_cast<std::streamsize>(raw.size()));
        raw.resize(static_cast<std::size_t>(m_in.gcount()));
        if (m_bytesRead == 0 && raw.starts_with("\x1f\x8b"))
            m_gunzip.emplace();
        m_bytesRead += raw.size();
        if (m_in.bad())
            return failure(ErrorCode::io, "reading failed");
        m_ended = m_in.eof() || raw.empty();
        if (!m_gunzip) {
            m_text += raw;
            return {};
        }
        if (auto fed = m_gunzip->feed(raw, 2048 * kGzipPieceBytes, m_text); !fed)
            return fed;
        return m_ended ? m_gunzip->finish() : Result<void> {};
    }

    std::istream& m_in;
    std::optional<GunzipStream> m_gunzip;
    std::string m_text;
    std::size_t m_given = 0;
    bool m_ended = false;
    std::uint64_t m_bytesRead = 0;
};

using Commits = model::CommitWaiter<model::AppendSummary>;

/// Text with milliseconds looks like OpenMetrics whose seconds lie beyond the year 5000; other oddities of the text
/// format (blank lines, plain comments) give it away too.
ExpositionFormat guessFormat(std::string_view piece)
{
    constexpr std::int64_t kLatestMs = 100'000'000'000'000;
    ExpositionParser parser(piece, ExpositionFormat::openMetrics, true);
    while (true) {
        const auto event = parser.next();
        if (event == ExpositionParser::Event::error)
            return ExpositionFormat::text;
        if (event == ExpositionParser::Event::end)
            return ExpositionFormat::openMetrics;
        if (event == ExpositionParser::Event::sample && parser.timestampMs())
            return *parser.timestampMs() > kLatestMs ? ExpositionFormat::text : ExpositionFormat::openMetrics;
    }
}

class Importer {
public:
    Importer(model::MetricSink& sink, const ImportOptions& options, std::stop_token stop)
        : m_sink(sink)
        , m_options(options)
        , m_stop(std::move(stop))
        , m_commits(std::make_shared<Commits>())
    {
    }

    /// Takes the entries of one piece.
    Result<void> take(ExpositionParser& parser)
    {
        using Event = ExpositionParser::Event;
        while (true) {
            switch (parser.next(m_lastSeries)) {
            case Event::end: return {};
            case Event::error: return std::unexpected(parser.error());
            case Event::type: metadataOf(parser.family()).type = parser.text(); break;
            case Event::help: metadataOf(parser.family()).help = parser.helpText(); break;
            case Event::unit: metadataOf(parser.family()).unit = parser.text(); break;
            case Event::sample:
                if (auto taken = takeSample(parser); !taken)
                    return taken;
            }
        }
    }

    Result<void> flush()
    {
        auto batches = m_grouper.take();
        if (!m_metadata.empty()) {
            if (batches.empty())
                batches.emplace_back();
            for (auto& [family, metadata] : m_metadata)
                batches.front().metadata.push_back(std::move(metadata));
            m_metadata.clear();
        }
        for (auto& batch : batches) {
            if (m_stop.stop_requested())
                return failure(ErrorCode::cancelled, "the import was cancelled");
            m_commits->queued();
            m_sink.append(std::move(batch), [commits = m_commits](const Result<model::AppendSummary>& result) { commits->take(result); });
        }
        const auto soFar = m_commits->soFar();
        if (!soFar)
            return std::unexpected(soFar.error());
        m_summary.stored = *soFar;
        return {};
    }

    /// Waits until everything queued is stored.
    Result<void> finish()
    {
        const auto all = m_commits->wait();
        if (!all)
            return std::unexpected(all.error());
        m_summary.stored = *all;
        return {};
    }

    ImportSummary& summary() { return m_summary; }

private:
    struct Known {
        model::SeriesId series {};
        model::GroupId group {};
    };

    model::MetricMetadata& metadataOf(std::string_view family)
    {
        auto& out = m_metadata[std::string(family)];
        if (out.metric.empty()) {
            out.metric = family;
            out.type = "unknown";
        }
        return out;
    }

    Result<void> takeSample(const ExpositionParser& parser)
    {
        if (!parser.isExpected()) {
            if (auto known = lookUp(parser); !known)
                return known;
        }
        const auto time = parser.timestampMs();
        if (!time) {
            ++m_summary.withoutTimestamp;
            return {};
        }
        ++m_summary.samples;
        m_grouper.add(m_last.group, m_last.series, { *time, parser.value() });
        return m_grouper.size() < m_options.samplesAtOnce ? Result<void> {} : flush();
    }

    Result<void> lookUp(const ExpositionParser& parser)
    {
        m_lastSeries = parser.series();
        if (const auto at = m_known.find(m_lastSeries); at != m_known.end()) {
            m_last = at->second;
            return {};
        }
        std::vector<model::Label> raw;
        if (auto parsed = parser.labels(raw); !parsed)
            return parsed;
        const model::Labels labels(std::move(raw));
        const auto series = m_sink.seriesId(labels);
        if (!series)
            return std::unexpected(series.error());
        const auto group = m_sink.groupId(formatted("import/{}/{}", labels.get("job"), labels.get("instance")));
        if (!group)
            return std::unexpected(group.error());
        ++m_summary.series;
        m_last = { *series, *group };
        m_known.emplace(m_lastSeries, m_last);
        return {};
    }

    model::MetricSink& m_sink;
    const ImportOptions& m_options;
    std::stop_token m_stop;
    std::shared_ptr<Commits> m_commits; // outlives this: the writer may call back later, after a failure here
    SampleGrouper m_grouper;
    std::unordered_map<std::string, Known> m_known; // by series text
    std::string m_lastSeries;
    Known m_last;
    std::map<std::string, model::MetricMetadata> m_metadata;
    ImportSummary m_summary;
};

}

Result<ImportSummary> importMetrics(const std::filesystem::path& file, model::MetricSink& sink, const ImportOptions& options, std::stop_token stop)
{
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        return failure(ErrorCode::io, formatted("{}: cannot be read; check that it exists and is readable", file.string()));
    return importMetrics(in, file.string(), sink, options, std::move(stop));
}

Result<ImportSummary> importMetrics(std::istream& in, const std::string& name, model::MetricSink& sink, const ImportOptions& options, std::stop_token stop)
{
    LineReader reader(in);
    Importer importer(sink, options, stop);
    std::optional<ExpositionParser> parser;
    const auto inFile = [&](Error error) { return withContext(std::move(error), name); };
    while (true) {
        if (stop.stop_requested())
            return failure(ErrorCode::cancelled, "the import was cancelled");
        const auto piece = reader.next();
        if (!piece)
            return inFile(piece.error());
        const bool more = !reader.atEnd();
        if (parser)
            parser->resume(*piece, more);
        else
            parser.emplace(*piece, guessFormat(*piece), more);
        auto taken = importer.take(*parser);
        importer.summary().bytes = reader.bytesRead();
        if (!taken) {
            // What stands before the damage is good.
            if (auto flushed = importer.flush(); !flushed)
                return inFile(flushed.error());
            if (auto finished = importer.finish(); !finished)
                return inFile(finished.error());
            return inFile(taken.error());
        }
        if (options.progress)
            options.progress(importer.summary());
        if (!more)
            break;
    }
    if (auto flushed = importer.flush(); !flushed)
        return inFile(flushed.error());
    if (auto finished = importer.finish(); !finished)
        return inFile(finished.error());
    return importer.summary();
}

}
