#include "core/tsdb/journal_replay.h"

#include "core/base/format.h"

#include <algorithm>
#include <iterator>

namespace belvedere::tsdb {

JournalReplay::JournalReplay(SeriesIndex& index)
    : m_index(index)
{
}

Result<void> JournalReplay::read(const kv::Transaction& txn, kv::Table journal)
{
    auto cursor = txn.cursor(journal);
    if (!cursor)
        return std::unexpected(std::move(cursor.error()));
    auto newest = m_lastSequence;
    bool more = cursor->first();
    while (more) {
        const auto first = JournalKey::decode(cursor->key());
        if (!first)
            return std::unexpected(first.error());
        auto epoch = std::ranges::find(m_epochs, first->epoch, &Epoch::number);
        if (epoch == m_epochs.end()) {
            if (m_epochs.size() == 2)
                return failure(ErrorCode::corrupt, "the journal has more than two heads");
            auto head = std::make_shared<Head>();
            m_epochs.emplace_back(first->epoch, head, JournalReader(m_index, *head));
            epoch = std::prev(m_epochs.end());
        }
        for (const auto kind : { JournalKind::definitions, JournalKind::packed, JournalKind::rows }) {
            for (more = cursor->seek(JournalKey { first->epoch, kind, m_lastSequence + 1 }.encode()); more; more = cursor->next()) {
                const auto key = JournalKey::decode(cursor->key());
                if (!key)
                    return std::unexpected(key.error());
                if (key->epoch != first->epoch || key->kind != kind)
                    break;
                if (auto done = epoch->reader.record(kind, cursor->value()); !done)
                    return withContext(std::move(done.error()), formatted("journal record {}", key->sequence));
                newest = std::max(newest, key->sequence);
            }
        }
        more = cursor->seek(journalEpoch(first->epoch).second);
    }
    m_lastSequence = newest;
    return {};
}

}
