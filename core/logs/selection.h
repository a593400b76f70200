#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/logs/head.h"
#include "core/logs/index.h"
#include "core/logs/text_search.h"
#include "core/model/log_source.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace belvedere::logs {

/// What a store consists of for its readers.
struct Sources {
    const kv::Environment& environment;
    const Index& index;
    const Head& head;
    /// The head is another process' business and is read from its journal.
    bool headFromJournal = false;
};

/// A piece of a stream that touches a time range, found but not looked into.
struct Piece {
    StreamId stream {};
    model::LabelsRef labels;
    std::variant<ChunkRow, BlockView> place;

    [[nodiscard]] std::int64_t minNs() const;
    [[nodiscard]] std::int64_t maxNs() const;
    [[nodiscard]] std::size_t entries() const;
    [[nodiscard]] std::size_t textBytes() const;
    [[nodiscard]] std::uint64_t sequence() const;
};

/// All pieces of the streams that match any of the sets (of all streams, if there is none) with entries in
/// [fromNs, toNs], chunks and head, a consistent picture. `txn` is left open for looking into the chunks.
[[nodiscard]] Result<std::vector<Piece>> findPieces(const Sources& sources, const kv::Transaction& txn, std::vector<HeadStream> head, std::span<const model::Matchers> matcherSets, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop);

/// The part of findPieces() that must come before the transaction is begun.
[[nodiscard]] std::vector<HeadStream> snapshotHead(const Sources& sources, std::span<const model::Matchers> matcherSets);

[[nodiscard]] Result<std::unique_ptr<model::LogSelection>> selectEntries(const Sources& sources, const model::LogRequest& request, std::stop_token stop);

}
