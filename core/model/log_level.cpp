#include "core/model/log_level.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace belvedere::model {

namespace {

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLetter(char c) { return isUpper(c) || (c >= 'a' && c <= 'z'); }

/// The letters that stand at `at`.
std::string_view wordAt(std::string_view text, std::size_t at)
{
    auto end = at;
    while (end < text.size() && isLetter(text[end]))
        ++end;
    return text.substr(at, end - at);
}

/// The value after `key` in `line`, quoted or bare: `"level":"warn"`, `level=warn`, `"severity": "INFO"`.
std::string_view valueAfter(std::string_view line, std::string_view key)
{
    for (auto at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
        if (at > 0 && (isLetter(line[at - 1]) || (line[at - 1] >= '0' && line[at - 1] <= '9') || line[at - 1] == '_'))
            continue;
        auto i = at + key.size();
        if (i < line.size() && line[i] == '"')
            ++i;
        while (i < line.size() && line[i] == ' ')
            ++i;
        if (i >= line.size() || (line[i] != '=' && line[i] != ':'))
            continue;
        ++i;
        while (i < line.size() && (line[i] == ' ' || line[i] == '"'))
            ++i;
        if (const auto value = wordAt(line, i); !value.empty())
            return value;
    }
    return {};
}

/// A level that stands alone near the beginning: "[warn]", "2025-11-21 INFO …", "error: …".
LogLevel leadingWord(std::string_view line)
{
    constexpr std::size_t kNear = 80;
    const auto head = line.substr(0, kNear);
    for (std::size_t i = 0; i < head.size();) {
        const auto word = wordAt(head, i);
        if (word.empty()) {
            ++i;
            continue;
        }
        const auto end = i + word.size();
        const char next = end < head.size() ? head[end] : '\0';
        const bool loud = std::ranges::all_of(word, isUpper);
        const bool bracketed = i > 0 && (head[i - 1] == '[' || head[i - 1] == '<') && (next == ']' || next == '>' || next == ':');
        const bool opensLine = i == 0 && next == ':';
        if (loud || bracketed || opensLine) {
            if (const auto level = levelFromText(word); level != LogLevel::unknown)
                return level;
        }
        i = end;
    }
    return LogLevel::unknown;
}

}

std::string_view levelName(LogLevel level)
{
    static constexpr std::array<std::string_view, 8> kNames { "unknown", "trace", "debug", "info", "warn", "error", "critical", "fatal" };
    return kNames[static_cast<std::size_t>(level)];
}

LogLevel levelFromText(std::string_view text)
{
    using Name = std::pair<std::string_view, LogLevel>;
    static constexpr std::array kNames { Name { "info", LogLevel::info }, Name { "error", LogLevel::error }, Name { "warn", LogLevel::warning }, Name { "warning", LogLevel::warning },
        Name { "debug", LogLevel::debug }, Name { "trace", LogLevel::trace }, Name { "critical", LogLevel::critical }, Name { "fatal", LogLevel::fatal }, Name { "notice", LogLevel::info },
        Name { "trc", LogLevel::trace }, Name { "dbg", LogLevel::debug }, Name { "inf", LogLevel::info }, Name { "log", LogLevel::info }, Name { "information", LogLevel::info },
        Name { "wrn", LogLevel::warning }, Name { "err", LogLevel::error }, Name { "eror", LogLevel::error }, Name { "crit", LogLevel::critical }, Name { "panic", LogLevel::critical },
        Name { "alert", LogLevel::critical }, Name { "emerg", LogLevel::critical }, Name { "emergency", LogLevel::critical } };
    constexpr std::size_t kLongest = std::ranges::max(kNames, {}, [](const Name& name) { return name.first.size(); }).first.size();
    const auto word = trim(text);
    if (word.size() > kLongest)
        return LogLevel::unknown;
    // This is asked of every line that is counted: no text is made for it.
    std::array<char, kLongest> lower;
    std::ranges::transform(word, lower.begin(), [](char c) { return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto found = std::ranges::find(kNames, std::string_view(lower.data(), word.size()), &Name::first);
    return found == kNames.end() ? LogLevel::unknown : found->second;
}

LogLevel levelInLine(std::string_view line)
{
    // Fields of a long line stand at its front, and this is asked of every line that is drawn.
    constexpr std::size_t kSearched = 4096;
    const auto head = line.substr(0, kSearched);
    using namespace std::literals;
    for (const auto key : { "level"sv, "severity"sv, "lvl"sv }) {
        if (const auto level = levelFromText(valueAfter(head, key)); level != LogLevel::unknown)
            return level;
    }
    return leadingWord(head);
}

LogLevel levelOf(std::span<const Label> stream, std::span<const Label> metadata, std::span<const Label> parsed, std::string_view line)
{
    for (const auto name : kLevelLabels) {
        for (const auto labels : { parsed, metadata, stream }) {
            const auto label = std::ranges::find(labels, name, &Label::name);
            if (label == labels.end())
                continue;
            if (const auto level = levelFromText(label->value); level != LogLevel::unknown)
                return level;
        }
    }
    return levelInLine(line);
}

LogLevel levelOf(const Labels& stream, const LogLine& line) { return levelOf(stream.list(), line.metadata, line.parsed, line.line); }

}
