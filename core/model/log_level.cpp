#include "core/model/log_level.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
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

LogLevel levelFromText(std::string_view text)
{
    static constexpr std::array kNames {
        std::pair { "trace", LogLevel::trace },
        std::pair { "trc", LogLevel::trace },
        std::pair { "debug", LogLevel::debug },
        std::pair { "dbg", LogLevel::debug },
        std::pair { "info", LogLevel::info },
        std::pair { "inf", LogLevel::info },
        std::pair { "information", LogLevel::info },
        std::pair { "notice", LogLevel::info },
        std::pair { "log", LogLevel::info },
        std::pair { "warn", LogLevel::warning },
        std::pair { "wrn", LogLevel::warning },
        std::pair { "warning", LogLevel::warning },
        std::pair { "error", LogLevel::error },
        std::pair { "err", LogLevel::error },
        std::pair { "eror", LogLevel::error },
        std::pair { "critical", LogLevel::critical },
        std::pair { "crit", LogLevel::critical },
        std::pair { "fatal", LogLevel::critical },
        std::pair { "panic", LogLevel::critical },
        std::pair { "alert", LogLevel::critical },
        std::pair { "emerg", LogLevel::critical },
        std::pair { "emergency", LogLevel::critical },
    };
    constexpr std::size_t kLongest = 11;
    const auto word = trim(text);
    if (word.size() > kLongest)
        return LogLevel::unknown;
    const auto lower = toLowerAscii(word);
    const auto found = std::ranges::find(kNames, std::string_view(lower), [](const auto& name) { return std::string_view(name.first); });
    return found == kNames.end() ? LogLevel::unknown : found->second;
}

LogLevel levelInLine(std::string_view line)
{
    // Fields of a long line stand at its front, and this is asked of every line that is drawn.
    constexpr std::size_t kSearched = 4096;
    const auto head = line.substr(0, kSearched);
    for (const std::string_view key : { "level", "severity", "lvl" }) {
        if (const auto level = levelFromText(valueAfter(head, key)); level != LogLevel::unknown)
            return level;
    }
    return leadingWord(head);
}

LogLevel levelOf(std::span<const Label> stream, std::span<const Label> metadata, std::span<const Label> parsed, std::string_view line)
{
    for (const std::string_view name : { "level", "detected_level", "severity", "severity_text", "lvl" }) {
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
