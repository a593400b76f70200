#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/log_source.h"
#include "core/tail/file_position.h"
#include "core/tail/follower.h"
#include "core/tail/gzip_file.h"
#include "core/tail/line_cutter.h"
#include "core/tail/open_file.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace belvedere::tail {

/// One file on its way into the sink. Used by one thread.
class TailedFile {
public:
    struct Batch {
        model::LogPush push;
        std::vector<model::LogPosition> positions;
        bool startedOver = false; ///< the file was truncated
    };
    struct Committed {
        std::uint64_t lines = 0;
        std::uint64_t bytes = 0;
        std::uint64_t cutLines = 0;
    };

    /// Finds out where to go on. `path` is where the file stands now.
    [[nodiscard]] static Result<std::unique_ptr<TailedFile>> open(const std::filesystem::path& path, const Target& target, std::size_t longestLine, const model::LogSink& sink);

    [[nodiscard]] FileId id() const noexcept { return m_id; }
    [[nodiscard]] const std::string& path() const noexcept { return m_position.path; }
    [[nodiscard]] FileStatus status() const;

    /// The next lines and the position behind them; nothing if there is nothing new. One batch may be on its way at a time:
    /// answer with committed() or failed(). `ending`: nothing more will be written, so a line without its end is taken.
    [[nodiscard]] Result<std::optional<Batch>> read(const Clock& clock, bool ending);
    /// What the batch brought.
    Committed committed();
    /// Goes back to what was committed.
    [[nodiscard]] Result<void> failed();

    [[nodiscard]] bool compressed() const noexcept { return m_compressed; }
    [[nodiscard]] bool finished() const noexcept { return m_committed.finished; }
    /// It has no name any more; its positions may be forgotten.
    [[nodiscard]] bool removed() const;
    /// The name of its own position, "file-id/...".
    [[nodiscard]] std::string idSource() const { return "file-id/" + m_id.toString(); }

    std::string error; ///< why reading goes wrong at the moment

private:
    explicit TailedFile(std::size_t longestLine)
        : m_cutter(longestLine)
    {
    }
    [[nodiscard]] Result<void> resume(const model::LogSink& sink);
    /// Whether the text is the one in which `position` was left.
    [[nodiscard]] Result<bool> continues(const FilePosition& position);
    [[nodiscard]] Result<void> goTo(std::uint64_t offset);
    [[nodiscard]] Result<void> readText(std::size_t bytes, std::string& out);
    void remember(std::string_view text);

    std::filesystem::path m_openedAs;
    std::string m_job;
    model::Labels m_labels;
    std::unique_ptr<OpenFile> m_file;
    std::unique_ptr<GzipFile> m_gzip; ///< of a compressed file, at the cutter's offset
    bool m_compressed = false;
    FileId m_id;
    LineCutter m_cutter;
    std::string m_head;   ///< the first kHeadBytes, as far as they have been seen
    std::string m_recent; ///< the last bytes before the cutter's offset
    FilePosition m_position;  ///< behind the batch on its way
    FilePosition m_committed;
    std::size_t m_batchLines = 0;
    std::uint64_t m_lines = 0;
    std::uint64_t m_cutLinesTold = 0; ///< of the cutter's, by committed()
};

}
