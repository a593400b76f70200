#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/model/log_source.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::tail {

/// Files that share a job.
struct Target {
    std::string job;
    std::vector<std::string> globs;   ///< absolute; see expandGlob()
    std::vector<std::string> exclude; ///< globs that a file's whole path is compared with
    std::vector<model::Label> labels; ///< added to each line's `filename` and `job`
};

/// What became of the files since the program's start. Written by the follower's thread, read from any.
struct Counters {
    std::atomic<std::uint64_t> files = 0;    ///< read now
    std::atomic<std::uint64_t> unusable = 0; ///< that cannot be read now
    std::atomic<std::uint64_t> lines = 0;
    std::atomic<std::uint64_t> bytes = 0;    ///< of the text, where a file is compressed
    std::atomic<std::uint64_t> cutLines = 0; ///< were longer than allowed
    std::atomic<std::uint64_t> renamed = 0;
    std::atomic<std::uint64_t> truncated = 0;
    std::atomic<std::uint64_t> removed = 0;
    std::atomic<std::uint64_t> errors = 0;
};

struct FollowerOptions {
    std::vector<Target> targets;
    std::size_t mostFiles = 100'000; ///< each keeps a descriptor open
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    std::size_t longestLineBytes = std::size_t { 1 } << 20;
    std::int64_t pollIntervalMs = 250;  ///< for what was appended
    std::int64_t scanIntervalMs = 2000; ///< for new files
    /// How long a renamed file is read on, because its writer may not have noticed yet.
    std::int64_t graceMs = 5000;
};

/// What is known of a file that is or was read.
struct FileStatus {
    std::string path; ///< under which it was found first
    std::string job;
    std::uint64_t readBytes = 0; ///< committed; of the text, where the file is compressed
    std::uint64_t lines = 0;     ///< since the start of this program
    std::uint64_t cutLines = 0;  ///< were longer than allowed
    std::uint64_t cutBytes = 0;  ///< what they lost
    bool finished = false;       ///< compressed and read to the end
    std::string error;
};

/// Copies lines that are appended to files into a sink, each once, whatever is restarted, rotated or truncated.
///
/// A file is known by its inode and by what it contains: its first kilobyte and the text before the position. So a file
/// that was renamed is read on, and a copy or a compressed copy of what has been read is not read again. Positions are
/// committed with the lines, under "file/<path>" (which file it was), "file-id/<device:inode>" and "file-head/<hash>".
///
/// A line has the time at which it was read, a nanosecond more than the line before at least, for equal lines of equal time
/// are stored once. A last line without its end waits for it.
///
/// Works in a thread of its own. `sink`, `clock` and `logger` must outlive it.
class Follower {
public:
    Follower(FollowerOptions options, model::LogSink& sink, const Clock& clock, Logger& logger);
    ~Follower(); ///< stops reading; what was not committed is read again next time
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    void start();
    /// Sorted by path. From any thread.
    [[nodiscard]] std::vector<FileStatus> status() const;

private:
    struct Private;

    std::unique_ptr<Private> d;
};

}
