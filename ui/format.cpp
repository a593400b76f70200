#include "ui/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace belvedere::ui {

namespace {

    QString special(double value)
    {
        if (std::isnan(value))
            return QStringLiteral("NaN");
        return value > 0 ? QStringLiteral("+Inf") : QStringLiteral("-Inf");
    }

    QString translated(const char* text, int n = -1) { return QCoreApplication::translate("belvedere::ui::format", text, nullptr, n); }

    /// `value` with `digits` significant digits, positional, without zeros at the end.
    QString significant(double value, int digits)
    {
        if (value == 0)
            return QStringLiteral("0");
        const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
        if (magnitude < -6)
            return QLocale().toString(value, 'g', digits);
        const int decimals = std::max(0, digits - 1 - magnitude);
        QString text = QLocale().toString(value, 'f', decimals);
        const QString point = QLocale().decimalPoint();
        if (text.contains(point)) {
            while (text.endsWith(QLatin1Char('0')))
                text.chop(1);
            if (text.endsWith(point))
                text.chop(point.size());
        }
        return text;
    }

}

QString compactNumber(double value, int digits)
{
    if (!std::isfinite(value))
        return special(value);
    static constexpr std::array kSteps { std::pair { 1e15, "P" }, std::pair { 1e12, "T" }, std::pair { 1e9, "G" }, std::pair { 1e6, "M" }, std::pair { 1e3, "K" } };
    for (const auto& [factor, suffix] : kSteps) {
        if (std::abs(value) >= factor * 0.9995)
            return significant(value / factor, digits) + QStringLiteral("\u202f") + QLatin1StringView(suffix);
    }
    return significant(value, digits);
}

QString fullNumber(double value)
{
    if (!std::isfinite(value))
        return special(value);
    if (value != 0 && (std::abs(value) < 1e-6 || std::abs(value) >= 1e15))
        return QLocale().toString(value, 'g', 10);
    return significant(value, 10);
}

QString integer(qint64 value) { return QLocale().toString(value); }

QString bytesText(double bytes)
{
    static constexpr std::array kUnits { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
    std::size_t unit = 0;
    while (std::abs(bytes) >= 1024 && unit + 1 < kUnits.size()) {
        bytes /= 1024;
        ++unit;
    }
    return significant(bytes, 3) + QStringLiteral("\u202f") + QLatin1StringView(kUnits[unit]);
}

QString percentText(double ratio)
{
    // Below a percent two digits say enough.
    return std::isfinite(ratio) ? significant(ratio * 100, std::abs(ratio) < 0.01 ? 2 : 3) + QStringLiteral("\u202f%") : special(ratio);
}

QString durationText(double seconds)
{
    if (!std::isfinite(seconds))
        return special(seconds);
    const double size = std::abs(seconds);
    const auto with = [](double number, const char* unit) { return significant(number, 3) + QStringLiteral("\u202f") + QString::fromUtf8(unit); };
    if (size == 0)
        return with(0, "s");
    if (size < 1e-6)
        return with(seconds * 1e9, "ns");
    if (size < 1e-3)
        return with(seconds * 1e6, "µs");
    if (size < 1)
        return with(seconds * 1e3, "ms");
    if (size < 60)
        return with(seconds, "s");
    const auto whole = static_cast<qint64>(seconds);
    const auto pair = [](qint64 a, const char* unitA, qint64 b, const char* unitB) {
        QString text = QStringLiteral("%1\u202f%2").arg(a).arg(QLatin1StringView(unitA));
        if (b != 0)
            text += QStringLiteral(" %1\u202f%2").arg(b).arg(QLatin1StringView(unitB));
        return text;
    };
    if (size < 3600)
        return pair(whole / 60, "min", whole % 60, "s");
    if (size < 86400)
        return pair(whole / 3600, "h", whole % 3600 / 60, "min");
    return pair(whole / 86400, "d", whole % 86400 / 3600, "h");
}

QString agoText(qint64 timeMs, qint64 nowMs)
{
    if (timeMs <= 0)
        return translated(QT_TRANSLATE_NOOP("belvedere::ui::format", "never"));
    const qint64 seconds = std::max<qint64>(0, (nowMs - timeMs) / 1000);
    //: %1 is a duration such as "12 s"
    return translated(QT_TRANSLATE_NOOP("belvedere::ui::format", "%1 ago")).arg(durationText(static_cast<double>(seconds)));
}

QString dateTimeText(qint64 timeMs) { return QDateTime::fromMSecsSinceEpoch(timeMs).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); }

QString clockText(qint64 timeMs, bool milliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(timeMs).toString(milliseconds ? QStringLiteral("HH:mm:ss.zzz") : QStringLiteral("HH:mm:ss"));
}

}
