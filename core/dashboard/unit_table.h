#pragma once

#include "core/dashboard/units.h"

#include <cstdint>
#include <span>

namespace belvedere::dashboard {

/// How a unit is scaled and written.
enum class UnitKind : std::uint8_t {
    none, text, suffix, shortCount, percent, percentUnit, hex0x, hex, scientific, locale, si, binary, count, currency, currencySuffix, psi,
    nanoseconds, microseconds, milliseconds, seconds, minutes, hours, days, durationMs, durationSeconds, hms, dhms, timeticks, clockMs, clockSeconds,
    boolean, dateTime, fromNow,
};

struct UnitRow {
    UnitInfo info;
    UnitKind kind;
    /// The symbol; "yes/no" for booleans; "pattern|pattern if today" for times.
    std::string_view symbol;
    int offset; ///< si, binary: the power that the number already has
};

[[nodiscard]] std::span<const UnitRow> unitRows();

}
