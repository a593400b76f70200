#pragma once

#include "core/kv/kv.h"
#include "core/model/metric_source.h"
#include "core/tsdb/head.h"
#include "core/tsdb/partition.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace belvedere::tsdb {

/// A consistent picture of some series: which blocks, chunks and rows they have samples in. Blocks are read from LMDB when
/// read() is called, in a transaction that ends with the call; the partitions are kept from being deleted meanwhile.
class Selection final : public model::MetricSelection {
public:
    /// `series` with their labels; the environment and table must outlive the selection.
    Selection(const kv::Environment& environment, kv::Table table, model::TimeRange range, std::vector<Handle> series, std::vector<model::LabelsRef> labels);

    /// Adds what a partition, whose content is loaded, has of the series. Partitions are added by time, before heads.
    void addPartition(std::shared_ptr<const Partition> partition);
    /// Adds what a head has of the series. Heads are added oldest first.
    void addHead(const Head& head);

    [[nodiscard]] std::size_t size() const override { return m_series.size(); }
    [[nodiscard]] const model::LabelsRef& labels(std::size_t series) const override { return m_labels[series]; }
    [[nodiscard]] Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor, std::stop_token stop) const override;

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    struct PartitionView {
        std::shared_ptr<const Partition> partition; ///< only to keep it; not read
        std::int64_t startMs = 0;
        std::shared_ptr<const BlockList> blocks;
        std::vector<std::uint32_t> numbers; ///< by series of the selection; kNone if it is not in the partition
    };
    struct GroupView {
        std::vector<std::shared_ptr<const HeadChunk>> chunks;
        std::shared_ptr<const HeadRows> rows;
        std::size_t firstRow = 0; ///< rows within the range
        std::size_t endRow = 0;
    };
    struct HeadView {
        std::vector<GroupView> groups;
        std::vector<Head::Place> places;       ///< by series of the selection; group is an index in `groups`
        std::vector<std::uint32_t> timed;      ///< by series of the selection; index in timedColumns, or kNone
        std::vector<TimedColumn> timedColumns; ///< sorted, cut to the range
    };
    class SeriesReader;

    const kv::Environment& m_environment;
    kv::Table m_table;
    model::TimeRange m_range;
    std::vector<Handle> m_series;
    std::vector<model::LabelsRef> m_labels;
    std::vector<PartitionView> m_partitions;
    std::vector<HeadView> m_heads;
};

}
