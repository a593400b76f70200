#include "ui/time_context.h"

#include "ui/time_expression.h"

#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>
#include <optional>

namespace belvedere::ui {

namespace {

    std::optional<TimeContext::Range> resolve(const TimeContext::RawRange& raw, qint64 nowMs)
    {
        const auto from = readTime(raw.from, nowMs, false);
        const auto to = readTime(raw.to, nowMs, true);
        if (!from || !to || *from >= *to)
            return std::nullopt;
        return TimeContext::Range { *from, *to };
    }

}

std::vector<QuickRange> quickRanges()
{
    const auto range = [](const QString& text, const char* from, const char* to = "now") {
        return QuickRange { text, { QString::fromLatin1(from), QString::fromLatin1(to) } };
    };
    return {
        range(TimeContext::tr("Last 5 minutes"), "now-5m"),
        range(TimeContext::tr("Last 15 minutes"), "now-15m"),
        range(TimeContext::tr("Last 30 minutes"), "now-30m"),
        range(TimeContext::tr("Last 1 hour"), "now-1h"),
        range(TimeContext::tr("Last 3 hours"), "now-3h"),
        range(TimeContext::tr("Last 6 hours"), "now-6h"),
        range(TimeContext::tr("Last 12 hours"), "now-12h"),
        range(TimeContext::tr("Last 24 hours"), "now-24h"),
        range(TimeContext::tr("Last 2 days"), "now-2d"),
        range(TimeContext::tr("Last 7 days"), "now-7d"),
        range(TimeContext::tr("Last 30 days"), "now-30d"),
        range(TimeContext::tr("Today"), "now/d", "now/d"),
        range(TimeContext::tr("Today so far"), "now/d"),
        range(TimeContext::tr("Yesterday"), "now-1d/d", "now-1d/d"),
        range(TimeContext::tr("This week so far"), "now/w"),
    };
}

TimeContext::TimeContext(const Clock& clock, QObject* parent)
    : QObject(parent)
    , m_clock(clock)
{
    connect(&m_timer, &QTimer::timeout, this, &TimeContext::queryNeeded);
}

bool TimeContext::setRange(const RawRange& raw)
{
    if (!resolve(raw, nowMs()))
        return false;
    if (raw == m_raw) {
        Q_EMIT queryNeeded();
        return true;
    }
    m_history.resize(m_at + 1);
    m_history.push_back(raw);
    if (m_history.size() > kHistoryLength)
        m_history.erase(m_history.begin());
    m_at = m_history.size() - 1;
    apply(raw);
    return true;
}

void TimeContext::apply(const RawRange& raw)
{
    m_raw = raw;
    if (m_live && !endsNow()) {
        m_live = false;
        restartTimer();
    }
    Q_EMIT changed();
    Q_EMIT queryNeeded();
}

TimeContext::Range TimeContext::range() const
{
    // setRange() takes only what can be read; "now/d" stays readable at any later time.
    return resolve(m_raw, nowMs()).value_or(Range { nowMs() - 3'600'000, nowMs() });
}

bool TimeContext::endsNow() const { return m_raw.to == QStringLiteral("now"); }

QString TimeContext::text() const { return textFor(m_raw); }

QString TimeContext::textFor(const RawRange& raw)
{
    for (const auto& quick : quickRanges()) {
        if (quick.raw == raw)
            return quick.text;
    }
    const auto side = [](const QString& text) {
        bool isNumber = false;
        const qint64 timeMs = text.toLongLong(&isNumber);
        return isNumber ? QDateTime::fromMSecsSinceEpoch(timeMs).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : text;
    };
    QString from = side(raw.from);
    QString to = side(raw.to);
    // The same day is not said twice.
    if (from.size() == 19 && to.size() == 19 && from.first(10) == to.first(10))
        to = to.sliced(11);
    return QStringLiteral("%1 – %2").arg(from, to);
}

void TimeContext::zoomTo(qint64 fromMs, qint64 toMs)
{
    if (fromMs > toMs)
        std::swap(fromMs, toMs);
    if (toMs - fromMs < 2)
        toMs = fromMs + 2;
    setRange({ QString::number(fromMs), QString::number(toMs) });
}

void TimeContext::zoomOut()
{
    const Range current = range();
    const qint64 half = std::max<qint64>(current.lengthMs() / 2, 1);
    zoomTo(current.fromMs - half, std::min(current.toMs + half, std::max(nowMs(), current.toMs)));
}

void TimeContext::shift(int halves)
{
    const Range current = range();
    const qint64 by = current.lengthMs() / 2 * halves;
    zoomTo(current.fromMs + by, current.toMs + by);
}

void TimeContext::goBack()
{
    if (canGoBack())
        apply(m_history[--m_at]);
}

void TimeContext::goForward()
{
    if (canGoForward())
        apply(m_history[++m_at]);
}

void TimeContext::setRefreshSeconds(int seconds)
{
    if (m_refreshSeconds == seconds)
        return;
    m_refreshSeconds = seconds;
    restartTimer();
    Q_EMIT changed();
}

void TimeContext::setLive(bool live)
{
    if (m_live == live)
        return;
    m_live = live;
    if (live && !endsNow()) {
        // Keeps the length and moves it to now.
        const qint64 seconds = std::max<qint64>(range().lengthMs() / 1000, 1);
        setRange({ QStringLiteral("now-%1s").arg(seconds), QStringLiteral("now") });
    }
    restartTimer();
    Q_EMIT changed();
    Q_EMIT queryNeeded();
}

void TimeContext::restartTimer()
{
    const int seconds = m_live ? 1 : m_refreshSeconds;
    if (seconds > 0)
        m_timer.start(seconds * 1000);
    else
        m_timer.stop();
}

}
