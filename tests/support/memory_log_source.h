#pragma once

#include "core/model/log_source.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::test {

/// A log source over vectors. Streams are cut into units of `unitEntries` entries, handed over in batches of `batchEntries`,
/// so that small data shows what large data does. Exact duplicates are kept once. Fill it first, then read from any thread.
class MemoryLogSource final : public model::LogSource {
public:
    explicit MemoryLogSource(std::size_t unitEntries = 1000, std::size_t batchEntries = 256);
    ~MemoryLogSource() override;

    void add(const model::Labels& labels, model::LogEntry entry);
    /// For short tests: one line without metadata.
    void add(const model::Labels& labels, std::int64_t timeNs, std::string line) { add(labels, { timeNs, std::move(line), {} }); }
    /// Sorts; call it after the last add().
    void finish();

    /// Loads Loki push bodies, one a line, gzip-compressed. Calls finish().
    void loadPushBodies(const std::string& file);

    [[nodiscard]] Result<std::unique_ptr<model::LogSelection>> select(const model::LogRequest& request, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] Result<model::LogVolume> volume(const model::Matchers& matchers, std::int64_t fromNs, std::int64_t toNs) const override;
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener) override;

    struct Stream;

private:
    std::vector<std::unique_ptr<Stream>> m_streams;
    std::size_t m_unitEntries;
    std::size_t m_batchEntries;
};

/// The whole of a gzip file as text; fails the running test if it cannot be read.
[[nodiscard]] std::string readGzip(const std::string& file);

}
