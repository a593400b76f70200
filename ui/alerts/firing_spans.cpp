#include "ui/alerts/firing_spans.h"

#include "core/promql/parser.h"
#include "ui/backend.h"
#include "ui/settings.h"
#include "ui/text.h"

#include <algorithm>
#include <iterator>

namespace belvedere::ui {

namespace {

    constexpr promql::Features kAllFeatures { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = true };

    promql::ExprPtr parsed(const std::string& expr)
    {
        auto tree = promql::parse(expr, kAllFeatures);
        return tree ? std::move(*tree) : nullptr;
    }

    /// Aggregation takes labels away, so that only a label that is there can contradict.
    bool contradicts(const model::Labels& labels, const promql::VectorSelector& selector)
    {
        return std::ranges::any_of(selector.matchers, [&labels](const model::Matcher& matcher) {
            const auto value = labels.get(matcher.name());
            return !value.empty() && !matcher.matches(value);
        });
    }

    std::set<std::string> metricsOf(const std::string& expr)
    {
        std::set<std::string> names;
        if (const auto tree = parsed(expr)) {
            for (const auto* selector : promql::selectorsOf(*tree))
                names.insert(selector->name);
        }
        names.erase(std::string());
        return names;
    }

}

FiringSpans::FiringSpans(const PageServices& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    connect(&services.backend, &Backend::rulesChanged, this, &FiringSpans::readRules);
    connect(&services.backend, &Backend::alertChangesChanged, this, &FiringSpans::readEpisodes);
    connect(&services.settings, &WindowSettings::firingShownChanged, this, &FiringSpans::changed);
    readRules();
    readEpisodes();
}

// Called after each evaluation: what has not changed is not read again.
void FiringSpans::readRules()
{
    std::map<std::string, Metrics> read;
    std::map<std::string, Metrics> recorded; // by the metric that is made
    std::map<std::string, Metrics> watched;
    for (const auto& group : *m_services.backend.rules()) {
        for (const auto& rule : group.rules) {
            const auto known = m_read.find(rule.expr);
            const auto& metrics = read.try_emplace(rule.expr, known != m_read.end() ? known->second : metricsOf(rule.expr)).first->second;
            auto& target = rule.kind == model::RuleStatus::Kind::alerting ? watched[rule.name] : recorded[rule.name];
            target.insert(metrics.begin(), metrics.end());
        }
    }
    for (auto& [name, metrics] : watched) {
        for (std::vector<std::string> open(metrics.begin(), metrics.end()); !open.empty();) {
            const auto made = recorded.find(open.back());
            open.pop_back();
            for (const auto& metric : made == recorded.end() ? Metrics() : made->second) {
                if (metrics.insert(metric).second)
                    open.push_back(metric);
            }
        }
    }
    m_read = std::move(read);
    if (watched != m_watched) {
        m_watched = std::move(watched);
        Q_EMIT changed();
    }
    readEpisodes();
}

void FiringSpans::readEpisodes()
{
    auto episodes = episodesOf(*m_services.backend.alertChanges(), *m_services.backend.rules());
    if (episodes == m_episodes)
        return;
    m_episodes = std::move(episodes);
    Q_EMIT changed();
}

ChartSpan spanOf(const AlertEpisode& episode)
{
    const QString subject = alertSubject(episode.labels);
    ChartSpan span;
    span.fromMs = static_cast<double>(episode.fromMs);
    if (!episode.firing)
        span.toMs = static_cast<double>(std::max(episode.toMs, episode.fromMs));
    span.state = severityOf(episode.labels);
    //: An alert's name, and what it is about
    span.text = subject.isEmpty() ? FiringSpans::tr("%1 fired").arg(toQString(episode.rule)) : FiringSpans::tr("%1 fired: %2").arg(toQString(episode.rule), subject);
    return span;
}

std::vector<ChartSpan> FiringSpans::of(const std::vector<std::string>& queries) const
{
    std::vector<ChartSpan> spans;
    if (m_episodes.empty() || !m_services.settings.firingShown())
        return spans;
    std::vector<promql::ExprPtr> trees;
    std::vector<const promql::VectorSelector*> shown;
    for (const auto& query : queries) {
        if (auto tree = parsed(query)) {
            std::ranges::copy(promql::selectorsOf(*tree), std::back_inserter(shown));
            trees.push_back(std::move(tree));
        }
    }
    for (const auto& episode : m_episodes) {
        const auto rule = m_watched.find(episode.rule);
        if (rule == m_watched.end())
            continue;
        const bool watches = std::ranges::any_of(shown, [&](const auto* selector) { return rule->second.contains(selector->name) && !contradicts(episode.labels, *selector); });
        if (watches)
            spans.push_back(spanOf(episode));
    }
    return spans;
}

}
