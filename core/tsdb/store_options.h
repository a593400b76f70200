#pragma once

#include <cstddef>
#include <cstdint>

namespace belvedere::tsdb {

struct StoreOptions {
    /// Looks at what has been committed, also while another process writes. Everything that would write fails.
    bool readOnly = false;
    /// Partitions that end longer ago than this are deleted, and samples older than this refused. 0 keeps all.
    std::int64_t retentionMs = 0;
    /// The oldest partitions are deleted while the data takes more room than this. 0 means no limit.
    std::uint64_t retentionBytes = 0;
    /// How much older than the newest sample of its series a sample may be. The newest sample is known for series that
    /// were written since the store was opened, or are in the journal.
    std::int64_t outOfOrderWindowMs = 60 * 60 * 1000;
    /// Length of the partitions made from now on; partitions start at multiples of it.
    std::int64_t partitionMs = 24 * 60 * 60 * 1000;
    /// While batches keep coming, commits are at least this far apart; a batch after a pause is committed at once.
    std::int64_t commitIntervalMs = 50;
    /// Batches and samples that wait for the writer before append() blocks.
    std::size_t queueBatches = 4096;
    std::size_t queueSamples = 1'000'000;
    /// Timestamps that a group collects in the head before it is sealed.
    std::size_t sealTimestamps = 240;
    /// Seals into a partition that still grows after which its blocks are merged into fewer ones, if they are half of what it has.
    std::size_t mergeSeals = 4;
    /// Blocks that merged ones have replaced stay for so long, for processes that are just reading them.
    std::int64_t keepReplacedMs = 60'000;
    /// Samples in rows of the journal after which the head's rows are packed there too, at the least; with many series it
    /// is as many as make rows worth packing. Bounds what opening has to read one by one.
    std::size_t packSamples = 64 << 10;
    /// Samples in the head take at most about this much memory; more is sealed early.
    std::size_t headBytes = std::size_t { 32 } << 20;
    /// True: an acknowledged write survives a crash of the machine too, not only of the process.
    bool syncEveryCommit = false;
};

}
