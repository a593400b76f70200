#include "core/tail/tailed_file.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>

namespace belvedere::tail {

namespace {

constexpr std::size_t kReadBytes = std::size_t { 512 } << 10;

}

Result<std::unique_ptr<TailedFile>> TailedFile::open(const std::filesystem::path& path, const Target& target, std::size_t longestLine, const model::LogSink& sink)
{
    auto file = OpenFile::open(path);
    if (!file)
        return std::unexpected(std::move(file.error()));
    const auto state = (*file)->state();
    if (!state)
        return std::unexpected(state.error());
    auto tailed = std::unique_ptr<TailedFile>(new TailedFile(longestLine));
    tailed->m_openedAs = path;
    tailed->m_job = target.job;
    tailed->m_file = std::move(*file);
    tailed->m_id = state->id;
    tailed->m_compressed = path.extension() == ".gz";
    if (auto resumed = tailed->resume(sink); !resumed)
        return std::unexpected(std::move(resumed.error()));
    auto labels = target.labels;
    labels.push_back({ "job", target.job });
    labels.push_back({ "filename", tailed->m_position.path });
    tailed->m_labels = model::Labels(std::move(labels));
    return tailed;
}

// First by inode: the same file, perhaps under another name. Then by content: a copy of one that was read, perhaps
// compressed. Either must have the text before the position where it was.
Result<void> TailedFile::resume(const model::LogSink& sink)
{
    if (auto moved = goTo(0); !moved)
        return moved;
    std::string head;
    if (auto got = readText(kHeadBytes, head); !got) {
        if (got.error().code == ErrorCode::corrupt)
            head.clear(); // told when it is read
        else
            return got;
    }
    std::vector<std::string> sources { idSource() };
    if (head.size() >= kHeadBytes)
        sources.push_back(formatted("file-head/{:016x}", hashOf(std::string_view(head).substr(0, kHeadBytes))));
    for (const auto& source : sources) {
        const auto stored = sink.position(source);
        if (!stored)
            return std::unexpected(stored.error());
        FilePosition position;
        if (!*stored || !FilePosition::decode(**stored, position))
            continue;
        const auto same = continues(position);
        if (!same)
            return std::unexpected(same.error());
        if (!*same)
            continue;
        m_position = position;
        // A compressed copy is finished when the copy has been read, not when the original was.
        m_position.finished = m_compressed && position.finished && source == sources.front();
        m_committed = m_position;
        return goTo(position.offset);
    }
    m_position = {};
    m_position.path = m_openedAs.string();
    m_committed = m_position;
    return goTo(0);
}

Result<bool> TailedFile::continues(const FilePosition& position)
{
    if (auto moved = goTo(position.offset); !moved) {
        if (moved.error().code == ErrorCode::corrupt || moved.error().code == ErrorCode::notFound)
            return false; // shorter than what was read
        return std::unexpected(std::move(moved.error()));
    }
    if (position.headHash != 0 && (m_head.size() < kHeadBytes || hashOf(m_head) != position.headHash))
        return false;
    return position.tailHash == hashOf(m_recent);
}

void TailedFile::remember(std::string_view text)
{
    if (m_head.size() < kHeadBytes)
        m_head += text.substr(0, kHeadBytes - m_head.size());
    m_recent += text.substr(text.size() - std::min(text.size(), kTailBytes));
    if (m_recent.size() > kTailBytes)
        m_recent.erase(0, m_recent.size() - kTailBytes);
}

// Afterwards head and recent text are those of the place. Fails with notFound if the text is shorter.
Result<void> TailedFile::goTo(std::uint64_t offset)
{
    m_head.clear();
    m_recent.clear();
    if (m_compressed) {
        auto gzip = GzipFile::open(m_openedAs);
        if (!gzip)
            return std::unexpected(std::move(gzip.error()));
        m_gzip = std::move(*gzip);
        std::string text;
        for (std::uint64_t at = 0; at < offset; at += text.size()) {
            text.clear();
            if (auto got = m_gzip->read(static_cast<std::size_t>(std::min<std::uint64_t>(offset - at, kReadBytes)), text); !got)
                return got;
            if (text.empty())
                return failure(ErrorCode::notFound, "the text is shorter");
            remember(text);
        }
    } else {
        const auto state = m_file->state();
        if (!state)
            return std::unexpected(state.error());
        if (state->size < offset)
            return failure(ErrorCode::notFound, "the file is shorter");
        if (auto got = m_file->read(0, static_cast<std::size_t>(std::min<std::uint64_t>(offset, kHeadBytes)), m_head); !got)
            return got;
        const auto recent = std::min<std::uint64_t>(offset, kTailBytes);
        if (auto got = m_file->read(offset - recent, static_cast<std::size_t>(recent), m_recent); !got)
            return got;
    }
    m_cutter.restart(offset);
    return {};
}

Result<void> TailedFile::readText(std::size_t bytes, std::string& out)
{
    return m_compressed ? m_gzip->read(bytes, out) : m_file->read(m_cutter.offset(), bytes, out);
}

Result<std::optional<TailedFile::Batch>> TailedFile::read(const Clock& clock, bool ending)
{
    if (m_compressed && m_position.finished)
        return std::nullopt;
    Batch batch { { m_labels, {} }, {}, false };
    const auto take = [&](std::string_view line) {
        m_position.lastTimeNs = std::max(clock.nowNs(), m_position.lastTimeNs + 1);
        batch.push.entries.push_back({ m_position.lastTimeNs, toValidUtf8(line), {} });
    };
    if (!m_compressed) {
        const auto state = m_file->state();
        if (!state)
            return std::unexpected(state.error());
        // Truncated, or emptied and filled again since the last look: what stands before our place is other text.
        bool replaced = state->size < m_cutter.offset();
        if (!replaced && state->size > m_cutter.offset() && !m_recent.empty()) {
            std::string before;
            if (auto got = m_file->read(m_cutter.offset() - m_recent.size(), m_recent.size(), before); !got)
                return std::unexpected(std::move(got.error()));
            replaced = before != m_recent;
        }
        if (!replaced && !ending && state->size == m_cutter.offset())
            return std::nullopt; // as nearly always
        if (replaced) {
            batch.startedOver = true;
            m_cutter.finish(take);
            if (auto moved = goTo(0); !moved)
                return std::unexpected(std::move(moved.error()));
        }
    }
    std::string text;
    if (auto got = readText(kReadBytes, text); !got)
        return std::unexpected(std::move(got.error()));
    auto known = m_recent; // what is known of the text before the line that waits then
    const auto knownFrom = m_cutter.offset() - known.size();
    remember(text);
    m_cutter.feed(text, take);
    const bool atEnd = text.empty();
    if (atEnd && (ending || m_compressed))
        m_cutter.finish(take);
    if (atEnd && m_compressed)
        m_position.finished = true;
    if (batch.push.entries.empty() && m_position.finished == m_committed.finished && m_cutter.lineStart() == m_committed.offset)
        return std::nullopt;

    m_position.offset = m_cutter.lineStart();
    m_position.headHash = m_position.offset >= kHeadBytes && m_head.size() >= kHeadBytes ? hashOf(m_head) : 0;
    // Where nothing but the waiting line was read, the place and what stands before it are as they were.
    if (m_position.offset >= knownFrom + known.size() || m_position.offset == 0) {
        known += text;
        const auto end = static_cast<std::size_t>(m_position.offset - std::min(knownFrom, m_position.offset));
        m_position.tailHash = hashOf(std::string_view(known).substr(end - std::min(end, kTailBytes), std::min(end, kTailBytes)));
    }
    m_batchLines = batch.push.entries.size();
    const auto value = m_position.encode();
    batch.positions.push_back({ "file/" + m_position.path, m_id.toString() });
    batch.positions.push_back({ idSource(), value });
    if (m_position.headHash != 0)
        batch.positions.push_back({ formatted("file-head/{:016x}", m_position.headHash), value });
    return batch;
}

TailedFile::Committed TailedFile::committed()
{
    const bool startedOver = m_position.offset < m_committed.offset;
    const Committed done { m_batchLines, startedOver ? m_position.offset : m_position.offset - m_committed.offset, m_cutter.cutLines() - m_cutLinesTold };
    m_committed = m_position;
    m_lines += m_batchLines;
    m_batchLines = 0;
    m_cutLinesTold = m_cutter.cutLines();
    return done;
}

Result<void> TailedFile::failed()
{
    m_position = m_committed;
    m_batchLines = 0;
    m_cutLinesTold = m_cutter.cutLines(); // they come again
    return goTo(m_committed.offset);
}

bool TailedFile::removed() const
{
    const auto state = m_file->state();
    return state && state->removed;
}

FileStatus TailedFile::status() const
{
    return { m_position.path, m_job, m_committed.offset, m_lines, m_cutter.cutLines(), m_cutter.cutBytes(), m_committed.finished, error };
}

}
