#pragma once

#include "core/base/logger.h"
#include "core/workspace/configuration.h"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::app {

/// One text of many faults, for an Error.
[[nodiscard]] std::string joined(const workspace::Faults& faults);

/// What of the configuration and the rule files is not in use, or has no effect: logged, and kept to be shown.
/// Threading: every call from any thread.
class ConfigurationProblems {
public:
    /// `logger` must outlive this.
    explicit ConfigurationProblems(Logger& logger);

    /// Before files are read anew.
    void forgetFaults();
    /// `consequence` says what goes on instead.
    void reportFaults(std::string_view category, std::string_view consequence, const workspace::Faults& faults);
    /// Takes the remarks on a configuration that is in use now in place of those on the one before.
    void takeRemarks(const workspace::Parsed& parsed);

    /// Faults, then remarks: "file:line:column: what; remedy".
    [[nodiscard]] std::vector<std::string> all() const;

private:
    Logger& m_logger;
    mutable std::mutex m_mutex;
    workspace::Faults m_faults;         // guarded by m_mutex; of what was read last
    std::vector<std::string> m_remarks; // guarded by m_mutex; on what is in use
};

}
