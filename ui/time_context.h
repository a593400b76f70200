#pragma once

#include "core/base/clock.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <vector>

namespace belvedere::ui {

/// The one time range of the window, how often it refreshes, and the ranges seen before. Every page reads it and may
/// change it; what a person set on one page is there on the next.
class TimeContext : public QObject {
    Q_OBJECT

public:
    /// As Grafana writes a range: "now-1h" and "now", or Unix milliseconds.
    struct RawRange {
        QString from;
        QString to;

        bool operator==(const RawRange&) const = default;
    };
    /// Unix milliseconds; from < to.
    struct Range {
        qint64 fromMs = 0;
        qint64 toMs = 0;

        [[nodiscard]] qint64 lengthMs() const { return toMs - fromMs; }
    };

    /// `clock` outlives this.
    explicit TimeContext(const Clock& clock, QObject* parent = nullptr);

    [[nodiscard]] const RawRange& raw() const { return m_raw; }
    /// False, and nothing changes, if a text is no time or the range is empty.
    bool setRange(const RawRange& raw);
    /// The range at this moment.
    [[nodiscard]] Range range() const;
    [[nodiscard]] qint64 nowMs() const { return m_clock.nowMs(); }
    /// What to show for the range: "Last 1 hour", "2025-11-21 10:00 – 11:30".
    [[nodiscard]] QString text() const;
    [[nodiscard]] static QString textFor(const RawRange& raw);
    [[nodiscard]] bool endsNow() const;

    void zoomTo(qint64 fromMs, qint64 toMs);
    void zoomOut();          ///< twice the range about its middle
    void shift(int halves);  ///< by halves of its length; negative is earlier
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_history.size(); }
    void goBack();
    void goForward();

    [[nodiscard]] int refreshSeconds() const { return m_refreshSeconds; }
    void setRefreshSeconds(int seconds); ///< 0: off
    [[nodiscard]] bool isLive() const { return m_live; }
    /// Follows the clock: graphs move each second, logs are tailed.
    void setLive(bool live);
    void refreshNow() { Q_EMIT queryNeeded(); }

Q_SIGNALS:
    /// The range, the refresh interval or live changed.
    void changed();
    /// The range changed, or it is time to refresh: pages that are visible ask again.
    void queryNeeded();

private:
    void apply(const RawRange& raw);
    void restartTimer();

    static constexpr std::size_t kHistoryLength = 100;

    const Clock& m_clock;
    RawRange m_raw { QStringLiteral("now-1h"), QStringLiteral("now") };
    std::vector<RawRange> m_history { m_raw };
    std::size_t m_at = 0; // in m_history
    int m_refreshSeconds = 0;
    bool m_live = false;
    QTimer m_timer;
};

/// A range that is worth one click.
struct QuickRange {
    QString text;
    TimeContext::RawRange raw;
};
[[nodiscard]] std::vector<QuickRange> quickRanges();

}
