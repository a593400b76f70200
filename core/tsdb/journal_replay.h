#pragma once

#include "core/base/result.h"
#include "core/kv/kv.h"
#include "core/tsdb/head.h"
#include "core/tsdb/journal.h"
#include "core/tsdb/series_index.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace belvedere::tsdb {

/// The heads that a stored journal describes: one, or two if the older was being sealed.
class JournalReplay {
public:
    struct Epoch {
        std::uint64_t number = 0;
        std::shared_ptr<Head> head;
        JournalReader reader;
    };

    /// `index` must outlive the replay.
    explicit JournalReplay(SeriesIndex& index);

    /// Reads what was journaled since the last call. Between calls rows may only have been added: after a seal, or when rows
    /// were packed, a new replay is needed. The heads change: see their threading.
    [[nodiscard]] Result<void> read(const kv::Transaction& txn, kv::Table journal);

    /// Oldest first.
    [[nodiscard]] const std::vector<Epoch>& epochs() const noexcept { return m_epochs; }
    /// Of the newest record, 0 if there is none.
    [[nodiscard]] std::uint64_t lastSequence() const noexcept { return m_lastSequence; }

private:
    SeriesIndex& m_index;
    std::vector<Epoch> m_epochs;
    std::uint64_t m_lastSequence = 0;
};

}
