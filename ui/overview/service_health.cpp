#include "ui/overview/service_health.h"

#include "ui/containers/containers_model.h"
#include "ui/format.h"
#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace belvedere::ui {

namespace {

    int severity(State state)
    {
        switch (state) {
        case State::critical:
            return 0;
        case State::warning:
            return 1;
        case State::ok:
        case State::info:
            return 2;
        case State::unknown:
            break;
        }
        return 3;
    }

    /// The service that labels name; "" if none.
    std::string serviceOf(const model::Labels& labels)
    {
        for (const std::string_view name : { "service", "compose_service", "job" }) {
            if (const auto value = labels.get(name); !value.empty())
                return std::string(value);
        }
        return {};
    }

    /// A target's service: what its labels say, else the compose service whose name its address begins with (that is how
    /// containers call each other), else its job.
    std::string serviceOf(const model::TargetStatus& target, const std::vector<model::ContainerStatus>& containers)
    {
        for (const std::string_view name : { "service", "compose_service" }) {
            if (const auto value = target.labels.get(name); !value.empty())
                return std::string(value);
        }
        const auto instance = target.labels.get("instance");
        const auto host = instance.substr(0, instance.find(':'));
        for (const auto& container : containers) {
            if (!host.empty() && (container.composeService == host || container.name == host))
                return container.composeService.empty() ? container.name : container.composeService;
        }
        return target.job;
    }

    constexpr std::size_t kHistoryParts = 60;

    QString translated(const char* text) { return QCoreApplication::translate("belvedere::ui::ServiceHealth", text); }

    /// Index in ServiceKind::all() of the kind that a marker's name tells.
    std::optional<std::size_t> kindOfMarker(const model::Labels& labels)
    {
        const auto& kinds = ServiceKind::all();
        const auto kind = std::ranges::find(kinds, labels.get("__name__"), [](const ServiceKind& k) { return std::string_view(k.marker); });
        return kind == kinds.end() ? std::nullopt : std::optional(static_cast<std::size_t>(kind - kinds.begin()));
    }

    /// The services of a page while they are put together.
    class Assembly {
    public:
        Assembly(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers, const ServiceMetrics& metrics)
            : m_metrics(metrics)
        {
            addContainers(containers);
            addTargets(targets, containers);
            findKinds();
        }

        void addAlerts(const std::vector<model::RuleGroupStatus>& rules)
        {
            for (const auto& group : rules) {
                for (const auto& rule : group.rules)
                    addAlerts(rule);
            }
            for (const auto& series : m_metrics.alerts) {
                const auto rule = m_expressions.find(std::string(series.labels->get("alertname")));
                auto* service = serviceOfAlert(*series.labels, rule == m_expressions.end() ? std::string() : rule->second);
                if (!service)
                    continue;
                const State state = series.labels->get("severity") == "critical" ? State::critical : State::warning;
                for (std::size_t i = 0; i < series.timesMs.size(); ++i)
                    mark(*service, series.timesMs[i], state);
            }
        }

        void addFigures()
        {
            for (auto& [name, service] : m_services) {
                const auto kinds = m_kinds.find(name);
                if (kinds == m_kinds.end())
                    continue;
                const auto& kind = ServiceKind::all()[*kinds->second.begin()];
                service.kind = *kind.name ? QCoreApplication::translate("belvedere::ui::ServiceKind", kind.name) : QString();
                service.dashboard = QString::fromLatin1(kind.dashboard);
                for (const auto& figure : kind.figures)
                    addFigure(name, service, figure, &figure == &kind.figures.front());
            }
        }

        void addUp()
        {
            for (const auto& series : m_metrics.up) {
                auto* service = serviceOfSeries(*series.labels);
                for (std::size_t i = 0; service && i < series.timesMs.size(); ++i)
                    mark(*service, series.timesMs[i], series.values[i] == 0 ? State::critical : State::ok);
            }
        }

        void addLogs()
        {
            for (const auto& sample : m_metrics.logErrors) {
                if (auto* service = serviceOfSeries(*sample.labels))
                    service->logErrors = sample.value;
            }
            // Where metrics tell nothing, the lines at least show that it lives.
            for (const auto& series : m_metrics.logRate) {
                auto* service = serviceOfSeries(*series.labels);
                if (!service || !service->graph.values.empty())
                    continue;
                service->graph = { static_cast<double>(m_metrics.fromMs), static_cast<double>(m_metrics.toMs), translated(QT_TRANSLATE_NOOP("belvedere::ui::ServiceHealth", "log lines/s")), FigureUnit::perSecond, {}, {}, {} };
                service->graph.timesMs.assign(series.timesMs.begin(), series.timesMs.end());
                service->graph.values = series.values;
                if (!series.values.empty())
                    service->figures.push_back({ service->graph.caption, FigureUnit::perSecond, series.values.back() });
            }
            for (auto& [name, service] : m_services) {
                if (service.logErrors)
                    service.figures.push_back({ translated(QT_TRANSLATE_NOOP("belvedere::ui::ServiceHealth", "log errors")), FigureUnit::number, *service.logErrors });
            }
        }

        std::vector<ServiceHealth> take();

    private:
        void addContainers(const std::vector<model::ContainerStatus>& containers);
        void addTargets(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers);
        void findKinds();
        void addAlerts(const model::RuleStatus& rule);
        void addFigure(const std::string& name, ServiceHealth& service, const FigureSpec& figure, bool drawn);
        /// Makes the part of the history that `timeMs` lies in at least as bad as `state`.
        void mark(ServiceHealth& service, std::int64_t timeMs, State state) const;
        /// "" if the series is of no service that is there by itself: a recording of last week is not a service.
        [[nodiscard]] std::string nameOfSeries(const model::Labels& labels) const;
        [[nodiscard]] ServiceHealth* serviceOfSeries(const model::Labels& labels);
        [[nodiscard]] ServiceHealth* serviceOfAlert(const model::Labels& labels, const std::string& expr);

        const ServiceMetrics& m_metrics;
        std::map<std::string, ServiceHealth> m_services;
        std::map<std::pair<std::string, std::string>, std::string> m_ofTarget; // by job and instance
        std::map<std::string, std::string> m_ofJob;
        std::map<std::string, std::string> m_ofInstance;
        std::map<std::string, std::set<std::size_t>> m_kinds; // by service
        std::map<std::string, std::string> m_expressions;     // by rule
    };

    void Assembly::addContainers(const std::vector<model::ContainerStatus>& containers)
    {
        for (const auto& container : containers) {
            auto& service = m_services[container.composeService.empty() ? container.name : container.composeService];
            ++service.containers;
            const State state = stateOf(container);
            if (!service.containerState || severity(state) < severity(*service.containerState)) {
                service.containerState = state;
                service.containerText = toQString(container.health.empty() || container.state != "running" ? container.state : container.health);
                service.worstContainer = toQString(container.name);
            }
        }
    }

    void Assembly::addTargets(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers)
    {
        for (const auto& target : targets.active) {
            const auto name = serviceOf(target, containers);
            const std::string instance(target.labels.get("instance"));
            const std::string job(target.labels.get("job"));
            m_ofTarget[{ job, instance }] = name;
            m_ofJob.try_emplace(job, name);
            m_ofInstance.try_emplace(instance, name);
            auto& service = m_services[name];
            if (service.targets == 0) {
                service.job = toQString(target.job);
                service.instance = toQString(instance);
            }
            ++service.targets;
            service.targetsUp += target.health == model::TargetStatus::Health::up ? 1 : 0;
            service.targetsDown += target.health == model::TargetStatus::Health::down ? 1 : 0;
        }
    }

    void Assembly::findKinds()
    {
        for (const auto& marker : m_metrics.markers) {
            const auto name = nameOfSeries(*marker.labels);
            const auto kind = kindOfMarker(*marker.labels);
            if (!name.empty() && kind)
                m_kinds[name].insert(*kind);
        }
    }

    std::string Assembly::nameOfSeries(const model::Labels& labels) const
    {
        const std::string job(labels.get("job"));
        const std::string instance(labels.get("instance"));
        if (const auto target = m_ofTarget.find({ job, instance }); target != m_ofTarget.end())
            return target->second;
        auto name = serviceOf(labels);
        if (m_services.contains(name))
            return name;
        if (const auto of = m_ofJob.find(job); of != m_ofJob.end() && instance.empty())
            return of->second;
        return {};
    }

    ServiceHealth* Assembly::serviceOfSeries(const model::Labels& labels)
    {
        const auto at = m_services.find(nameOfSeries(labels));
        return at == m_services.end() ? nullptr : &at->second;
    }

    ServiceHealth* Assembly::serviceOfAlert(const model::Labels& labels, const std::string& expr)
    {
        if (auto* service = serviceOfSeries(labels))
            return service;
        if (const auto of = m_ofInstance.find(std::string(labels.get("instance"))); of != m_ofInstance.end())
            return &m_services[of->second];
        const auto& kinds = ServiceKind::all();
        ServiceHealth* only = nullptr;
        for (const auto& [name, present] : m_kinds) {
            const bool meant = std::ranges::any_of(present, [&](std::size_t kind) { return *kinds[kind].prefix && expr.contains(kinds[kind].prefix); });
            if (meant && only)
                return nullptr;
            if (meant)
                only = &m_services[name];
        }
        return only;
    }

    void Assembly::addAlerts(const model::RuleStatus& rule)
    {
        m_expressions[rule.name] = rule.expr;
        for (const auto& alert : rule.alerts) {
            if (alert.state != model::AlertState::firing)
                continue;
            auto* service = serviceOfAlert(alert.labels, rule.expr);
            if (!service) {
                // An alert that names a service of its own makes it known.
                const auto name = serviceOf(alert.labels);
                if (name.empty() || m_ofJob.contains(name))
                    continue;
                service = &m_services[name];
            }
            if (const auto text = toQString(alert.rule); !service->firing.contains(text))
                service->firing << text;
            service->firingCritical |= alert.labels.get("severity") == "critical";
        }
    }

    void Assembly::addFigure(const std::string& name, ServiceHealth& service, const FigureSpec& figure, bool drawn)
    {
        const auto answer = std::ranges::find(m_metrics.answers, &figure, &ServiceMetrics::Answer::figure);
        if (answer == m_metrics.answers.end())
            return;
        std::map<std::int64_t, double> merged; // the queries share their steps
        for (const auto& series : answer->values) {
            if (nameOfSeries(*series.labels) != name)
                continue;
            for (std::size_t i = 0; i < series.timesMs.size(); ++i) {
                if (!std::isfinite(series.values[i]))
                    continue;
                const auto [at, first] = merged.try_emplace(series.timesMs[i], series.values[i]);
                if (first)
                    continue;
                switch (figure.merge) {
                case FigureSpec::Merge::sum:
                    at->second += series.values[i];
                    break;
                case FigureSpec::Merge::highest:
                    at->second = std::max(at->second, series.values[i]);
                    break;
                case FigureSpec::Merge::lowest:
                    at->second = std::min(at->second, series.values[i]);
                    break;
                }
            }
        }
        if (merged.empty())
            return;
        const double value = merged.rbegin()->second;
        const State state = figure.critical && value > *figure.critical ? State::critical : figure.warning && value > *figure.warning ? State::warning : State::ok;
        service.figures.push_back({ figureCaption(figure), figure.unit, value, state });
        if (!drawn)
            return;
        service.graph = { static_cast<double>(m_metrics.fromMs), static_cast<double>(m_metrics.toMs), figureCaption(figure), figure.unit, QString::fromStdString(figure.expr), {}, {} };
        for (const auto& [timeMs, graphed] : merged) {
            service.graph.timesMs.push_back(static_cast<double>(timeMs));
            service.graph.values.push_back(graphed);
        }
    }

    void Assembly::mark(ServiceHealth& service, std::int64_t timeMs, State state) const
    {
        if (timeMs < m_metrics.fromMs || timeMs > m_metrics.toMs || m_metrics.toMs <= m_metrics.fromMs)
            return;
        service.history.resize(kHistoryParts, State::unknown);
        const auto part = static_cast<std::size_t>(timeMs - m_metrics.fromMs) * kHistoryParts / static_cast<std::size_t>(m_metrics.toMs - m_metrics.fromMs);
        auto& at = service.history[std::min(part, kHistoryParts - 1)];
        if (severity(state) < severity(at))
            at = state;
    }

    void judge(ServiceHealth& service)
    {
        const bool any = service.containers > 0 || service.targetsUp + service.targetsDown > 0 || !service.figures.empty();
        service.state = any ? State::ok : State::unknown;
        std::vector<std::pair<State, QString>> found;
        for (const auto& rule : service.firing)
            found.emplace_back(service.firingCritical ? State::critical : State::warning, rule);
        if (service.containerState == State::critical || service.containerState == State::warning)
            found.emplace_back(*service.containerState, translated(QT_TRANSLATE_NOOP("belvedere::ui::ServiceHealth", "container %1")).arg(service.containerText));
        if (service.targetsDown > 0)
            found.emplace_back(service.targetsUp == 0 ? State::critical : State::warning, translated(QT_TRANSLATE_NOOP("belvedere::ui::ServiceHealth", "targets down: %1")).arg(service.targetsDown));
        for (const auto& figure : service.figures) {
            if (figure.state != State::ok)
                //: a figure and its value: "errors 12 %"
                found.emplace_back(figure.state, translated(QT_TRANSLATE_NOOP("belvedere::ui::ServiceHealth", "%1 %2")).arg(figure.caption, figureText(figure.unit, figure.value)));
        }
        std::ranges::stable_sort(found, {}, [](const auto& item) { return severity(item.first); });
        if (!found.empty())
            service.state = found.front().first;
        for (const auto& [state, reason] : found)
            service.reasons << reason;
    }

    std::vector<ServiceHealth> Assembly::take()
    {
        std::vector<ServiceHealth> all;
        for (auto& [name, service] : m_services) {
            service.name = toQString(name);
            judge(service);
            all.push_back(std::move(service));
        }
        std::ranges::stable_sort(all, {}, [](const ServiceHealth& service) { return severity(service.state); });
        return all;
    }

}

std::vector<ServiceHealth> assembleServices(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers, const std::vector<model::RuleGroupStatus>& rules, const ServiceMetrics& metrics)
{
    Assembly assembly(targets, containers, metrics);
    assembly.addFigures();
    assembly.addUp();
    assembly.addAlerts(rules);
    assembly.addLogs();
    return assembly.take();
}

std::set<std::size_t> presentKinds(const model::Vector& markers)
{
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> best; // by job and instance
    for (const auto& marker : markers) {
        const auto kind = kindOfMarker(*marker.labels);
        if (!kind)
            continue;
        const auto [at, first] = best.try_emplace({ marker.labels->get("job"), marker.labels->get("instance") }, *kind);
        if (!first)
            at->second = std::min(at->second, *kind);
    }
    std::set<std::size_t> present;
    for (const auto& [target, kind] : best)
        present.insert(kind);
    return present;
}

}
