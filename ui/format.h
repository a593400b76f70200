#pragma once

#include <QString>

namespace belvedere::ui {

/// Numbers and times as people read them, in the language of QLocale(). Times are Unix milliseconds; shown in local time.

/// At most `digits` significant digits with K, M, G, T above a thousand: "1.24 K", "0.0312", "3". "NaN", "+Inf", "-Inf".
[[nodiscard]] QString compactNumber(double value, int digits = 3);
/// All of a value, without noise: at most 10 significant digits, grouped.
[[nodiscard]] QString fullNumber(double value);
[[nodiscard]] QString integer(qint64 value);
[[nodiscard]] QString bytesText(double bytes);   ///< "1.5 GiB"
[[nodiscard]] QString percentText(double ratio); ///< 0.0123 is "1.23 %"
[[nodiscard]] QString durationText(double seconds); ///< "850 µs", "12.3 ms", "4.25 s", "3 min 20 s", "5 d 3 h"
[[nodiscard]] QString agoText(qint64 timeMs, qint64 nowMs); ///< "12 s ago"; "never" for 0
[[nodiscard]] QString dateTimeText(qint64 timeMs);           ///< "2025-11-21 11:34:48"
[[nodiscard]] QString clockText(qint64 timeMs, bool milliseconds);

}
