#include "core/logql/live_tail.h"

#include "core/logql/engine.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

// A live tail must show a line exactly when a query would. So it does not test lines by itself: it gathers what the
// store's writer has committed into a small LogSource and lets the engine query that.

namespace belvedere::logql {

namespace {

/// What was committed since the last look, as a source for one query.
class CommittedLines final : public model::LogSource {
public:
    struct Stream {
        model::LabelsRef labels;
        std::vector<model::LogEntry> entries;
    };

    void add(const model::LabelsRef& labels, std::vector<model::LogEntry> entries)
    {
        auto& stream = m_streams[*labels];
        stream.labels = labels;
        std::ranges::move(entries, std::back_inserter(stream.entries));
    }

    [[nodiscard]] Result<std::unique_ptr<model::LogSelection>> select(
        const model::LogRequest& request, std::stop_token) const override
    {
        auto selection = std::make_unique<Selection>();
        for (const auto& [labels, stream] : m_streams) {
            if (model::matchesAll(request.matchers, labels))
                selection->add(stream, request.fromNs, request.toNs);
        }
        return selection;
    }
    [[nodiscard]] Result<std::vector<std::string>> labelNames(
        std::span<const model::Matchers>, std::int64_t, std::int64_t) const override
    {
        return std::vector<std::string>();
    }
    [[nodiscard]] Result<std::vector<std::string>> labelValues(
        const std::string&, std::span<const model::Matchers>, std::int64_t, std::int64_t) const override
    {
        return std::vector<std::string>();
    }
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(
        std::span<const model::Matchers>, std::int64_t, std::int64_t) const override
    {
        return std::vector<model::LabelsRef>();
    }
    [[nodiscard]] Result<model::LogVolume> volume(const model::Matchers&, std::int64_t, std::int64_t) const override
    {
        return model::LogVolume();
    }
    [[nodiscard]] std::shared_ptr<void> listen(Listener) override { return nullptr; }

private:
    class Selection final : public model::LogSelection {
    public:
        void add(const Stream& stream, std::int64_t fromNs, std::int64_t toNs)
        {
            std::vector<const model::LogEntry*> entries;
            for (const auto& entry : stream.entries) {
                if (entry.timeNs >= fromNs && entry.timeNs < toNs)
                    entries.push_back(&entry);
            }
            if (entries.empty())
                return;
            std::ranges::stable_sort(entries, {}, &model::LogEntry::timeNs);
            std::size_t bytes = 0;
            for (const auto* entry : entries)
                bytes += entry->line.size();
            m_units.push_back({ .stream = m_labels.size(),
                .minNs = entries.front()->timeNs,
                .maxNs = entries.back()->timeNs,
                .entries = entries.size(),
                .bytes = bytes,
                .sequence = m_units.size() });
            m_labels.push_back(stream.labels);
            m_entries.push_back(std::move(entries));
        }

        [[nodiscard]] std::span<const model::LabelsRef> streams() const override { return m_labels; }
        [[nodiscard]] std::span<const model::LogUnit> units() const override { return m_units; }
        [[nodiscard]] Result<void> read(std::size_t unit, const Visitor& visitor, std::stop_token) const override
        {
            std::vector<std::int64_t> times;
            std::vector<std::string_view> lines;
            std::vector<std::vector<std::pair<std::string_view, std::string_view>>> pairs;
            for (const auto* entry : m_entries[unit]) {
                times.push_back(entry->timeNs);
                lines.emplace_back(entry->line);
                auto& of = pairs.emplace_back();
                for (const auto& label : entry->metadata)
                    of.emplace_back(label.name, label.value);
            }
            const std::vector<model::MetadataView> metadata(pairs.begin(), pairs.end());
            visitor({ times, lines, metadata });
            return {};
        }

    private:
        std::vector<model::LabelsRef> m_labels;
        std::vector<model::LogUnit> m_units;
        std::vector<std::vector<const model::LogEntry*>> m_entries; // one for each unit
    };

    std::map<model::Labels, Stream> m_streams;
};

}

Result<std::unique_ptr<LiveTail>> LiveTail::start(
    model::LogSource& source, TaskPool& pool, std::string query, Handler handler)
{
    const auto metric = checkIsMetric(query);
    if (!metric)
        return std::unexpected(metric.error());
    if (*metric)
        return failure(ErrorCode::invalidArgument, "a live tail needs a log query; this one computes a metric");
    return std::unique_ptr<LiveTail>(new LiveTail(source, pool, std::move(query), std::move(handler)));
}

LiveTail::LiveTail(model::LogSource& source, TaskPool& pool, std::string query, Handler handler)
    : m_pool(pool),
      m_query(std::move(query)),
      m_handler(std::move(handler)),
      m_listening(source.listen([this](const model::LabelsRef& stream, std::span<const model::LogEntry> entries) {
          if (!m_queue.tryPush({ stream, { entries.begin(), entries.end() } }))
              m_dropped += entries.size();
      })),
      m_thread([this](const std::stop_token& stop) { work(stop); })
{
}

LiveTail::~LiveTail()
{
    m_listening.reset();
    m_thread.request_stop();
    m_queue.close();
}

void LiveTail::work(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        auto pushes = m_queue.takeAll(stop);
        if (stop.stop_requested())
            return;
        CommittedLines lines;
        std::int64_t fromNs = std::numeric_limits<std::int64_t>::max();
        std::int64_t toNs = std::numeric_limits<std::int64_t>::min();
        std::size_t count = 0;
        for (auto& push : pushes) {
            for (const auto& entry : push.entries) {
                fromNs = std::min(fromNs, entry.timeNs);
                toNs = std::max(toNs, entry.timeNs);
            }
            count += push.entries.size();
            lines.add(push.stream, std::move(push.entries));
        }
        if (count == 0)
            continue;
        const Engine engine(lines, m_pool, {});
        const auto value = engine.range(m_query,
            { .startNs = fromNs, .endNs = toNs + 1, .stepNs = 0, .limit = count, .direction = Direction::forward },
            stop);
        // The query was checked before: only a stop ends it.
        const auto* streams = value ? std::get_if<model::Streams>(&value->data) : nullptr;
        const auto dropped = m_dropped.exchange(0);
        if (streams && (!streams->empty() || dropped > 0))
            m_handler(*streams, dropped);
    }
}

}
