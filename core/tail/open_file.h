#pragma once

#include "core/base/result.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace belvedere::tail {

/// Which file it is, whatever it is called.
struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    auto operator<=>(const FileId&) const = default;
    [[nodiscard]] std::string toString() const { return std::to_string(device) + ":" + std::to_string(inode); }
};

/// What stands at a path now. Fails with notFound, or io.
[[nodiscard]] Result<FileId> identify(const std::filesystem::path& path);

/// A file that stays readable when it is renamed or removed.
class OpenFile {
public:
    struct State {
        FileId id;
        std::uint64_t size = 0;
        bool removed = false; ///< it has no name any more
    };

    [[nodiscard]] static Result<std::unique_ptr<OpenFile>> open(const std::filesystem::path& path);
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    [[nodiscard]] Result<State> state() const;
    /// Appends up to `bytes` from `offset` on to `out`; fewer only at the end of the file.
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::size_t bytes, std::string& out) const;

private:
    explicit OpenFile(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor;
};

}
