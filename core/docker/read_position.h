#pragma once

#include "core/docker/log_frames.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace belvedere::docker {

/// How far the log of a container has been read.
///
/// Docker can be asked for the lines from a time on, not from a line on, and lines of the two streams may stand in its
/// file a little out of order. So a position is a time a little before the newest line, and the hashes of the lines from
/// that time on which have been taken: reading again from there, what is known is passed over and nothing else.
class ReadPosition {
public:
    /// Whether the line is new; then it counts as taken. `unfinishedNs`: LogFrames::oldestUnfinishedNs(); the position
    /// does not go beyond it.
    [[nodiscard]] bool take(const Line& line, std::int64_t unfinishedNs);
    /// Call before reading again: lines that were taken will come once more.
    void rewind();

    /// The time to read from; 0 for the beginning.
    [[nodiscard]] std::int64_t sinceNs() const noexcept { return m_sinceNs; }

    /// The run of the container (its time of end, as Docker writes it) whose log has been read to the end; "" if none.
    [[nodiscard]] const std::string& finishedRun() const noexcept { return m_finishedRun; }
    void setFinishedRun(std::string finishedAt) { m_finishedRun = std::move(finishedAt); }

    [[nodiscard]] std::string encode() const;
    /// What encode() made; the beginning if `bytes` are malformed.
    [[nodiscard]] static ReadPosition decode(std::string_view bytes);

private:
    void forgetOld(std::int64_t unfinishedNs);

    std::deque<std::pair<std::int64_t, std::uint64_t>> m_taken; ///< time and hash, in the order of arrival
    std::unordered_map<std::uint64_t, std::size_t> m_expected; ///< hashes that will come once more, and how often
    std::int64_t m_sinceNs = 0;
    std::int64_t m_newestNs = 0;
    std::string m_finishedRun;
};

}
