#include "core/logql/log_query.h"

#include "core/logql/pipeline.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>

namespace belvedere::logql {

namespace {

/// A long line can cost a pipeline a tenth of a millisecond and more.
constexpr std::size_t kLinesBetweenStops = 64;

/// A line that passed, and where it stood, so that lines of equal time keep their order.
struct Hit {
    std::size_t stream = 0;
    std::uint64_t sequence = 0;
    std::size_t position = 0;
    model::LogLine line;
    model::LabelsRef changedLabels; ///< set if stages removed or replaced labels of the stream
};

bool isOlder(const Hit& a, const Hit& b)
{
    if (a.line.timeNs != b.line.timeNs)
        return a.line.timeNs < b.line.timeNs;
    if (a.stream != b.stream)
        return a.stream < b.stream;
    if (a.sequence != b.sequence)
        return a.sequence < b.sequence;
    return a.position < b.position;
}

class LogQuery {
public:
    LogQuery(const Pipeline& pipeline, const RangeRequest& request, const model::LogSelection& selection, TaskPool& pool, std::stop_token stop)
        : m_pipeline(pipeline)
        , m_backward(request.direction == Direction::backward)
        , m_limit(request.limit)
        , m_selection(selection)
        , m_pool(pool)
        , m_stop(std::move(stop))
    {
        m_cut.store(m_backward ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max());
    }

    Result<std::vector<Hit>> run()
    {
        const auto units = m_selection.units();
        std::vector<std::size_t> order(units.size());
        std::iota(order.begin(), order.end(), 0);
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
            return m_backward ? units[a].maxNs > units[b].maxNs : units[a].minNs < units[b].minNs;
        });
        // A few units at a time: the next ones are read only if they can hold a line that belongs into the answer.
        std::size_t wave = std::max<std::size_t>(2, m_pool.threadCount() + 1);
        for (std::size_t next = 0; next < order.size();) {
            if (m_hits.size() >= m_limit) {
                const auto& unit = units[order[next]];
                const auto last = m_hits.back().line.timeNs;
                if (m_backward ? unit.maxNs < last : unit.minNs > last)
                    break;
            }
            const auto count = std::min(wave, order.size() - next);
            std::vector<std::vector<Hit>> found(count);
            m_pool.parallelFor(count, [&](std::size_t i) { read(order[next + i], found[i]); });
            if (m_error)
                return std::unexpected(std::move(*m_error));
            if (m_stop.stop_requested())
                return failure(ErrorCode::cancelled, "the query was cancelled");
            for (auto& hits : found)
                std::ranges::move(hits, std::back_inserter(m_hits));
            trim(m_hits);
            if (m_hits.size() >= m_limit)
                m_cut.store(m_hits.back().line.timeNs);
            next += count;
            wave = std::min<std::size_t>(wave * 2, 256);
        }
        return std::move(m_hits);
    }

private:
    bool before(const Hit& a, const Hit& b) const { return m_backward ? isOlder(b, a) : isOlder(a, b); }

    void trim(std::vector<Hit>& hits) const
    {
        std::ranges::sort(hits, [this](const Hit& a, const Hit& b) { return before(a, b); });
        if (hits.size() > m_limit)
            hits.resize(m_limit);
    }

    void read(std::size_t unit, std::vector<Hit>& hits)
    {
        if (m_failed.load(std::memory_order_relaxed))
            return;
        const auto& info = m_selection.units()[unit];
        const auto& labels = m_selection.streams()[info.stream];
        LineState state;
        std::size_t position = 0;
        const auto done = m_selection.read(
            unit,
            [&](const model::LogBatchView& batch) {
                const auto count = batch.timesNs.size();
                std::size_t found = 0;
                for (std::size_t k = 0; k < count && found < m_limit; ++k) {
                    if (k % kLinesBetweenStops == 0 && m_stop.stop_requested())
                        return;
                    const auto i = m_backward ? count - 1 - k : k;
                    const auto time = batch.timesNs[i];
                    const auto cut = m_cut.load(std::memory_order_relaxed);
                    if (m_backward ? time < cut : time > cut)
                        break;
                    state.begin(*labels, time, batch.lines[i], batch.metadata.empty() ? model::MetadataView() : batch.metadata[i]);
                    if (!m_pipeline.run(state))
                        continue;
                    ++found;
                    hits.push_back(hit(state, info, position + i));
                }
                position += count;
                if (hits.size() / 2 > m_limit)
                    trim(hits);
            },
            m_stop);
        if (!done) {
            const std::scoped_lock lock(m_mutex);
            m_failed.store(true);
            if (!m_error)
                m_error = done.error();
        }
    }

    static Hit hit(const LineState& state, const model::LogUnit& unit, std::size_t position)
    {
        Hit out;
        out.stream = unit.stream;
        out.sequence = unit.sequence;
        out.position = position;
        out.line.timeNs = state.timeNs;
        out.line.line = state.line;
        out.line.metadata = state.metadataLabels();
        out.line.parsed = state.parsedLabels();
        if (!state.keepsWholeStream()) {
            std::vector<model::Label> kept;
            for (const auto& label : state.stream()) {
                if (state.keepsStreamLabel(label.name))
                    kept.push_back(label);
            }
            out.changedLabels = model::makeLabels(model::Labels::fromSorted(std::move(kept)));
        }
        return out;
    }

    const Pipeline& m_pipeline;
    const bool m_backward;
    const std::size_t m_limit;
    const model::LogSelection& m_selection;
    TaskPool& m_pool;
    std::stop_token m_stop;
    std::vector<Hit> m_hits;
    std::atomic<std::int64_t> m_cut; ///< lines beyond this time are not in the answer
    std::atomic<bool> m_failed = false;
    std::mutex m_mutex;
    std::optional<Error> m_error; // guarded by m_mutex
};

}

Result<model::Streams> runLogQuery(const LogExpr& expr, const RangeRequest& request, const model::LogSource& source, TaskPool& pool, std::stop_token stop)
{
    auto pipeline = Pipeline::compile(expr.stages, {});
    if (!pipeline)
        return std::unexpected(pipeline.error());
    model::LogRequest wanted;
    wanted.matchers = expr.matchers;
    wanted.fromNs = request.startNs;
    wanted.toNs = request.endNs;
    wanted.requiredLiterals = pipeline->requiredLiterals();
    const auto selection = source.select(wanted, stop);
    if (!selection)
        return std::unexpected(selection.error());
    auto hits = LogQuery(*pipeline, request, **selection, pool, stop).run();
    if (!hits)
        return std::unexpected(hits.error());

    model::Streams out;
    std::map<std::size_t, std::size_t> byStream;
    std::map<model::Labels, std::size_t> byLabels;
    for (auto& hit : *hits) {
        // Streams whose labels a stage has changed meet others with the same labels.
        std::size_t index = 0;
        const auto place = [&](auto& known, const auto& key, const model::LabelsRef& labels) {
            const auto [at, added] = known.try_emplace(key, out.size());
            if (added)
                out.push_back({ labels, {} });
            index = at->second;
        };
        if (hit.changedLabels) {
            place(byLabels, *hit.changedLabels, hit.changedLabels);
        } else if (const auto known = byStream.find(hit.stream); known != byStream.end()) {
            index = known->second;
        } else {
            const auto& labels = (*selection)->streams()[hit.stream];
            place(byLabels, *labels, labels);
            byStream.emplace(hit.stream, index);
        }
        out[index].lines.push_back(std::move(hit.line));
    }
    return out;
}

model::Streams mergeLabels(model::Streams streams)
{
    model::Streams out;
    std::map<model::Labels, std::size_t> known;
    for (auto& stream : streams) {
        for (auto& line : stream.lines) {
            std::vector<model::Label> labels = stream.labels->list();
            std::ranges::move(line.metadata, std::back_inserter(labels));
            std::ranges::move(line.parsed, std::back_inserter(labels));
            line.metadata.clear();
            line.parsed.clear();
            std::ranges::sort(labels, {}, &model::Label::name);
            auto merged = model::Labels::fromSorted(std::move(labels));
            const auto [at, added] = known.try_emplace(std::move(merged), out.size());
            if (added)
                out.push_back({ model::makeLabels(at->first), {} });
            out[at->second].lines.push_back(std::move(line));
        }
    }
    return out;
}

}
