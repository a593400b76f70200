#include "app/command_line.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <limits>

namespace belvedere::app {

namespace {

std::vector<std::string_view> wordsOf(const Command& command)
{
    return split(command.name, ' ');
}

bool startsWith(const std::vector<std::string>& words, const Command& command)
{
    const auto names = wordsOf(command);
    return words.size() >= names.size() && std::equal(names.begin(), names.end(), words.begin());
}

std::string usageLine(const Command& command)
{
    std::string line = "belvedere";
    if (!command.name.empty())
        line += " " + command.name;
    if (!command.options.empty())
        line += " [options]";
    if (!command.synopsis.empty())
        line += " " + command.synopsis;
    return line;
}

void printHelp(const Command& command)
{
    std::cout << "usage: " << usageLine(command) << "\n\n" << command.summary << "\n";
    if (command.options.empty())
        return;
    std::cout << "\n";
    std::size_t width = 0;
    const auto spelled = [](const Option& option) { return "--" + option.name + (option.value.empty() ? "" : " " + option.value); };
    for (const auto& option : command.options)
        width = std::max(width, spelled(option).size());
    for (const auto& option : command.options)
        std::cout << formatted("  {:<{}}  {}\n", spelled(option), width, option.help);
}

void printOverview(const std::vector<Command>& commands, const Command& window)
{
    printHelp(window);
    std::cout << "\ncommands:\n";
    std::size_t width = 0;
    for (const auto& command : commands)
        width = std::max(width, command.name.size());
    for (const auto& command : commands)
        std::cout << formatted("  {:<{}}  {}\n", command.name, width, command.summary);
    std::cout << "\n`belvedere COMMAND --help` shows the options of a command.\n"
                 "Exit status: 0 fine, 1 the work failed or something was found, 2 wrong usage.\n";
}

ExitStatus usageError(const std::string& message, const std::string& command)
{
    std::cerr << "belvedere: " << message << "\ntry `belvedere" << (command.empty() ? "" : " " + command) << " --help`\n";
    return ExitStatus::usage;
}

bool asksForHelp(const std::vector<std::string>& words)
{
    for (const auto& word : words) {
        if (word == "--")
            return false;
        if (word == "--help" || word == "-h")
            return true;
    }
    return false;
}

ExitStatus runCommand(const Command& command, const std::vector<std::string>& words)
{
    const auto arguments = parseArguments(command, words);
    if (!arguments)
        return usageError(arguments.error().message, command.name);
    return command.run(*arguments);
}

}

std::string Arguments::get(std::string_view option) const
{
    const auto found = m_options.find(option);
    return found == m_options.end() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view option) const
{
    const auto found = m_options.find(option);
    return found == m_options.end() ? std::vector<std::string>() : found->second;
}

Result<Arguments> parseArguments(const Command& command, const std::vector<std::string>& words)
{
    const auto bad = [](std::string message) { return failure(ErrorCode::invalidArgument, std::move(message)); };
    Arguments arguments;
    bool options = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (options && word == "--") {
            options = false;
            continue;
        }
        if (!options || !word.starts_with("--")) {
            if (options && word.size() > 1 && word.front() == '-' && !std::isdigit(static_cast<unsigned char>(word[1])))
                return bad(formatted("unknown option '{}'; put -- in front of an argument that begins with a dash", word));
            arguments.add(word);
            continue;
        }
        const auto equals = word.find('=');
        const auto name = word.substr(2, equals == std::string::npos ? std::string::npos : equals - 2);
        const auto option = std::ranges::find(command.options, name, &Option::name);
        if (option == command.options.end())
            return bad(formatted("unknown option '--{}'", name));
        if (option->value.empty()) {
            if (equals != std::string::npos)
                return bad(formatted("option '--{}' takes no value", name));
            arguments.set(name, {});
        } else if (equals != std::string::npos) {
            arguments.set(name, word.substr(equals + 1));
        } else if (i + 1 < words.size()) {
            arguments.set(name, words[++i]);
        } else {
            return bad(formatted("option '--{}' needs a value: {}", name, option->value));
        }
    }
    const auto count = arguments.positional().size();
    if (count < command.minPositional)
        return bad(formatted("missing argument: {}", usageLine(command)));
    if (count > command.maxPositional)
        return bad(formatted("unexpected argument '{}'", arguments.positional()[command.maxPositional]));
    return arguments;
}

ExitStatus dispatch(const std::vector<Command>& commands, const Command& window, const std::vector<std::string>& words)
{
    const Command* chosen = nullptr;
    for (const auto& command : commands) {
        if (startsWith(words, command) && (!chosen || command.name.size() > chosen->name.size()))
            chosen = &command;
    }
    if (chosen) {
        const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(wordsOf(*chosen).size()), words.end());
        if (asksForHelp(rest)) {
            printHelp(*chosen);
            return ExitStatus::fine;
        }
        return runCommand(*chosen, rest);
    }
    if (asksForHelp(words)) {
        printOverview(commands, window);
        return ExitStatus::fine;
    }
    if (words.empty() || words.front().starts_with('-'))
        return runCommand(window, words);
    // A first word without its second one: say what could follow.
    std::string next;
    for (const auto& command : commands) {
        const auto names = wordsOf(command);
        if (names.size() == 2 && names[0] == words.front())
            next += (next.empty() ? "" : ", ") + std::string(names[1]);
    }
    if (!next.empty())
        return usageError(formatted("'{}' must be followed by one of: {}", words.front(), next), {});
    return usageError(formatted("there is no command '{}'", words.front()), {});
}

Result<std::int64_t> parseTimeArgument(std::string_view text, std::int64_t nowNs)
{
    if (text == "now")
        return nowNs;
    if (text.starts_with("now-") || text.starts_with("now+")) {
        const auto duration = parseDurationMs(text.substr(4));
        if (!duration)
            return std::unexpected(duration.error());
        return text[3] == '-' ? nowNs - *duration * 1'000'000 : nowNs + *duration * 1'000'000;
    }
    if (const auto exact = parseRfc3339Ns(text))
        return *exact;
    const auto time = parseTimeMs(text);
    if (!time)
        return failure(ErrorCode::invalidArgument, formatted("'{}' is not a time; write it like 2025-06-01T12:00:00Z, 1748779200 or now-1h", text));
    return *time * 1'000'000;
}

std::filesystem::path workspaceFolder(const Arguments& arguments)
{
    if (arguments.has("workspace"))
        return arguments.get("workspace");
    const auto fromEnvironment = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value ? value : "");
    };
    if (const auto data = fromEnvironment("XDG_DATA_HOME"); !data.empty())
        return std::filesystem::path(data) / "belvedere";
    return std::filesystem::path(fromEnvironment("HOME")) / ".local/share/belvedere";
}

}
