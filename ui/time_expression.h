#pragma once

#include <QString>
#include <QTimeZone>

#include <optional>

namespace belvedere::ui {

/// Reads a time as Grafana's pickers take it: "now", "now-6h", "now-1d/d", "now/w"; "2025-11-21", "2025-11-21 11:30",
/// ISO 8601 with or without zone; Unix seconds or milliseconds. Answers Unix milliseconds. Rounding ("/d") goes to the
/// last millisecond of the unit if `roundUp`, as the end of a range needs it.
[[nodiscard]] std::optional<qint64> readTime(const QString& text, qint64 nowMs, bool roundUp, const QTimeZone& zone = QTimeZone::systemTimeZone());

/// True if the text moves with the clock.
[[nodiscard]] bool isRelativeTime(const QString& text);

}
