#pragma once

#include "core/base/result.h"
#include "core/tsdb/head.h"
#include "core/tsdb/partition.h"
#include "core/tsdb/segment.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace belvedere::tsdb {

/// What sealing adds to one partition.
struct SealedPartition {
    PartitionRecord record; ///< as it will be
    std::uint32_t firstSegment = 0;
    std::uint32_t part = 0; ///< number of the run of series, if there are new ones
    std::vector<Handle> newSeries;
    std::vector<Segment> segments;
};

/// Turns a head into blocks. Changes nothing: the caller stores and publishes what it made.
///
/// A group's samples become blocks that share its timestamps. Samples with timestamps of their own are looked through for
/// series whose timestamps are the same; each such set of series shares blocks too.
class Sealer {
public:
    /// Where samples at a time go: the record of the partition, and the numbers of its series (null if it is new).
    struct Target {
        PartitionRecord record;
        const std::unordered_map<Handle, std::uint32_t>* numbers = nullptr;
    };
    using FindTarget = std::function<Result<Target>(std::int64_t timeMs)>;

    Sealer(const SeriesIndex& index, FindTarget findTarget);

    [[nodiscard]] Result<std::vector<SealedPartition>> seal(const Head& head);

private:
    struct Open {
        SealedPartition sealed;
        const std::unordered_map<Handle, std::uint32_t>* numbers = nullptr;
        std::unordered_map<Handle, std::uint32_t> newNumbers;
    };
    /// Puts the values of series number `index` and the flags of those present into the two vectors.
    using ReadColumn = std::function<bool(std::size_t index, std::vector<double>& values, std::vector<std::uint8_t>& present)>;

    [[nodiscard]] Result<Open*> open(std::int64_t timeMs);
    [[nodiscard]] Result<void> sealGroup(const Head::Group& group);
    [[nodiscard]] Result<void> sealTimed(const Head& head);
    [[nodiscard]] Result<void> sealColumns(std::span<const std::int64_t> times, std::span<const Handle> series, const ReadColumn& read);
    [[nodiscard]] Result<void> sealRange(Open& target, std::span<const std::int64_t> times, std::size_t begin, std::size_t end, std::span<const Handle> series, const ReadColumn& read);

    const SeriesIndex& m_index;
    FindTarget m_findTarget;
    std::map<std::int64_t, Open> m_open; ///< by start of the partition
};

}
