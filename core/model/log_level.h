#pragma once

#include "core/model/query_value.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace belvedere::model {

/// How grave a log line is, from least to most.
enum class LogLevel : std::uint8_t { unknown, trace, debug, info, warning, error, critical, fatal };

/// Loki's word for it, the value of the label `detected_level`.
[[nodiscard]] std::string_view levelName(LogLevel level);

/// Labels that name a line's level, the most telling first.
inline constexpr std::array<std::string_view, 5> kLevelLabels { "level", "detected_level", "severity", "severity_text", "lvl" };

/// What a level is called in labels and lines, in any case: "warn", "WRN", "ERROR", "fatal", …
[[nodiscard]] LogLevel levelFromText(std::string_view text);

/// What a line says of its own level: a field of it in JSON or logfmt, else a word near the beginning that cannot be part of
/// a sentence.
[[nodiscard]] LogLevel levelInLine(std::string_view line);

/// From a label that names the level, of any of these, else from the line.
[[nodiscard]] LogLevel levelOf(std::span<const Label> stream, std::span<const Label> metadata, std::span<const Label> parsed, std::string_view line);
[[nodiscard]] LogLevel levelOf(const Labels& stream, const LogLine& line);

}
