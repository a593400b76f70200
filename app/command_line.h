#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::app {

/// The exit statuses of every command.
enum class ExitStatus : int {
    fine = 0,
    failed = 1, ///< the work failed, or a check found something
    usage = 2,
};

struct Option {
    std::string name;  ///< without the dashes
    std::string value; ///< how the help calls it: "DIR"; empty for a switch
    std::string help;
};

/// What was given to a command.
class Arguments {
public:
    [[nodiscard]] bool has(std::string_view option) const { return m_options.contains(option); }
    /// The last value of an option, "" if it was not given.
    [[nodiscard]] std::string get(std::string_view option) const;
    /// Every value of an option, in their order.
    [[nodiscard]] std::vector<std::string> all(std::string_view option) const;
    [[nodiscard]] const std::vector<std::string>& positional() const noexcept { return m_positional; }

    void set(const std::string& option, std::string value) { m_options[option].push_back(std::move(value)); }
    void add(std::string argument) { m_positional.push_back(std::move(argument)); }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> m_options;
    std::vector<std::string> m_positional;
};

struct Command {
    std::string name;      ///< "import metrics": one or two words
    std::string synopsis;  ///< what follows the name: "FILE..."
    std::string summary;   ///< one line
    std::vector<Option> options;
    std::size_t minPositional = 0;
    std::size_t maxPositional = 0; ///< SIZE_MAX: any number
    std::function<ExitStatus(const Arguments&)> run;
};

/// Reads options (`--name value`, `--name=value`, `--switch`) and arguments; `--` ends the options. Fails with
/// invalidArgument, naming what is wrong, for what the command does not take.
[[nodiscard]] Result<Arguments> parseArguments(const Command& command, const std::vector<std::string>& words);

/// Finds the command that the words begin with, runs it, and answers its exit status. Answers --help, and usage errors with
/// a remedy on standard error. With no command word, `window` runs.
[[nodiscard]] ExitStatus dispatch(const std::vector<Command>& commands, const Command& window, const std::vector<std::string>& words);

/// A point in time as people give it: RFC 3339, Unix seconds, "now", "now-1h".
[[nodiscard]] Result<std::int64_t> parseTimeArgument(std::string_view text, std::int64_t nowNs);

/// The workspace that was named, else the one of the person who runs this.
[[nodiscard]] std::filesystem::path workspaceFolder(const Arguments& arguments);

}
