#pragma once

#include "ui/alerts/alert_history.h"
#include "ui/chart/time_series_view.h"
#include "ui/page.h"

#include <QObject>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace belvedere::ui {

/// The time of an episode as a graph marks it.
[[nodiscard]] ChartSpan spanOf(const AlertEpisode& episode);

/// When alerts fired that watch what a graph shows: those whose rule reads a metric that the graph's query reads too, by itself
/// or through recording rules, and whose labels don't contradict the query's matchers.
class FiringSpans : public QObject {
    Q_OBJECT

public:
    explicit FiringSpans(const PageServices& services, QObject* parent = nullptr);

    /// For PromQL queries, newest first; queries that don't parse have none. Nothing while the person doesn't want to see them.
    [[nodiscard]] std::vector<ChartSpan> of(const std::vector<std::string>& queries) const;

Q_SIGNALS:
    void changed();

private:
    using Metrics = std::set<std::string>;

    void readRules();
    void readEpisodes();

    const PageServices m_services;
    std::map<std::string, Metrics> m_read;    ///< by expression of a rule
    std::map<std::string, Metrics> m_watched; ///< by name of an alerting rule, through recording rules too
    std::vector<AlertEpisode> m_episodes;                ///< newest first
};

}
