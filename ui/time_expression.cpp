#include "ui/time_expression.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>

#include <cmath>

namespace belvedere::ui {

namespace {

    std::optional<QDateTime> moved(const QDateTime& time, qint64 amount, QStringView unit)
    {
        if (unit == u"ms")
            return time.addMSecs(amount);
        if (unit == u"s")
            return time.addSecs(amount);
        if (unit == u"m")
            return time.addSecs(amount * 60);
        if (unit == u"h")
            return time.addSecs(amount * 3600);
        if (unit == u"d")
            return time.addDays(amount);
        if (unit == u"w")
            return time.addDays(amount * 7);
        if (unit == u"M")
            return time.addMonths(static_cast<int>(amount));
        if (unit == u"Q")
            return time.addMonths(static_cast<int>(amount) * 3);
        if (unit == u"y")
            return time.addYears(static_cast<int>(amount));
        return std::nullopt;
    }

    std::optional<QDateTime> startOf(const QDateTime& time, QStringView unit)
    {
        const QTimeZone zone = time.timeZone();
        const QDate date = time.date();
        const QTime clock = time.time();
        if (unit == u"s")
            return QDateTime(date, QTime(clock.hour(), clock.minute(), clock.second()), zone);
        if (unit == u"m")
            return QDateTime(date, QTime(clock.hour(), clock.minute()), zone);
        if (unit == u"h")
            return QDateTime(date, QTime(clock.hour(), 0), zone);
        if (unit == u"d")
            return date.startOfDay(zone);
        if (unit == u"w") {
            const int first = QLocale().firstDayOfWeek();
            return date.addDays(-((date.dayOfWeek() - first + 7) % 7)).startOfDay(zone);
        }
        if (unit == u"M")
            return QDate(date.year(), date.month(), 1).startOfDay(zone);
        if (unit == u"Q")
            return QDate(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).startOfDay(zone);
        if (unit == u"y")
            return QDate(date.year(), 1, 1).startOfDay(zone);
        return std::nullopt;
    }

    std::optional<qint64> readRelative(const QString& text, qint64 nowMs, bool roundUp, const QTimeZone& zone)
    {
        static const QRegularExpression kStep(QStringLiteral("\\G(?:([+-])(\\d{1,9})(ms|[smhdwMQy])|/([smhdwMQy]))"));
        QDateTime time = QDateTime::fromMSecsSinceEpoch(nowMs, zone);
        qsizetype at = 3;
        while (at < text.size()) {
            const auto match = kStep.match(text, at);
            if (!match.hasMatch())
                return std::nullopt;
            std::optional<QDateTime> next;
            if (match.hasCaptured(4)) {
                next = startOf(time, match.capturedView(4));
                if (next && roundUp) {
                    next = moved(*next, 1, match.capturedView(4));
                    if (next)
                        next = next->addMSecs(-1);
                }
            } else {
                const qint64 amount = match.capturedView(2).toLongLong() * (match.capturedView(1) == u"-" ? -1 : 1);
                next = moved(time, amount, match.capturedView(3));
            }
            if (!next || !next->isValid())
                return std::nullopt;
            time = *next;
            at = match.capturedEnd();
        }
        return time.toMSecsSinceEpoch();
    }

    std::optional<qint64> readAbsolute(const QString& text, bool roundUp, const QTimeZone& zone)
    {
        bool isNumber = false;
        const double number = text.toDouble(&isNumber);
        // 10¹¹ seconds is the year 5138; as milliseconds it is 1973.
        if (isNumber && text.size() >= 9)
            return static_cast<qint64>(std::abs(number) < 1e11 ? number * 1000 : number);
        static const QRegularExpression kDate(QStringLiteral(
            "^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?)?\\s*(Z|[+-]\\d{2}:?\\d{2})?$"));
        const auto match = kDate.match(text);
        if (!match.hasMatch())
            return std::nullopt;
        const QDate date(match.capturedView(1).toInt(), match.capturedView(2).toInt(), match.capturedView(3).toInt());
        const bool wholeDay = !match.hasCaptured(4);
        const int milliseconds = match.hasCaptured(7) ? match.captured(7).leftJustified(3, QLatin1Char('0')).first(3).toInt() : 0;
        const QTime clock(match.capturedView(4).toInt(), match.capturedView(5).toInt(), match.capturedView(6).toInt(), milliseconds);
        if (!date.isValid() || !clock.isValid())
            return std::nullopt;
        QTimeZone in = zone;
        if (const auto suffix = match.captured(8); suffix == QStringLiteral("Z")) {
            in = QTimeZone::utc();
        } else if (!suffix.isEmpty()) {
            const QString digits = QString(suffix).remove(QLatin1Char(':'));
            const int seconds = digits.sliced(1, 2).toInt() * 3600 + digits.sliced(3, 2).toInt() * 60;
            in = QTimeZone::fromSecondsAheadOfUtc(digits.startsWith(QLatin1Char('-')) ? -seconds : seconds);
        }
        if (wholeDay)
            return roundUp ? date.endOfDay(in).toMSecsSinceEpoch() : date.startOfDay(in).toMSecsSinceEpoch();
        return QDateTime(date, clock, in).toMSecsSinceEpoch();
    }

}

std::optional<qint64> readTime(const QString& text, qint64 nowMs, bool roundUp, const QTimeZone& zone)
{
    const QString trimmed = text.trimmed();
    return isRelativeTime(trimmed) ? readRelative(trimmed, nowMs, roundUp, zone) : readAbsolute(trimmed, roundUp, zone);
}

bool isRelativeTime(const QString& text) { return text.trimmed().startsWith(QStringLiteral("now")); }

}
