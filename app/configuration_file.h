#pragma once

#include "core/workspace/configuration.h"

#include <expected>
#include <filesystem>
#include <optional>
#include <vector>

namespace belvedere::app {

/// The file that tells a session what to do, and the address that the command line may give in place of the file's.
/// Threading: none of its own, it does not change.
class ConfigurationFile {
public:
    ConfigurationFile(std::filesystem::path path, std::optional<workspace::Listen> listen);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

    /// Files of other programs, which are checked only, are faults here.
    [[nodiscard]] std::expected<workspace::Parsed, workspace::Faults> read() const;

    /// Warns of what `parsed` has otherwise than the configuration of the start, and which waits for the next one.
    void remarkOnLaterKeys(workspace::Parsed& parsed, const workspace::Configuration& started) const;

    /// This one, and all that `configuration` refers to.
    [[nodiscard]] std::vector<std::filesystem::path> allFiles(const workspace::Configuration& configuration) const;

private:
    const std::filesystem::path m_path;
    const std::optional<workspace::Listen> m_listen; ///< its token is the file's
};

}
