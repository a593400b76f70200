#include "ui/overview/service_health.h"

#include "ui/containers/containers_model.h"
#include "ui/format.h"
#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

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

    std::optional<double> last(const model::Series& series)
    {
        for (std::size_t i = series.values.size(); i-- > 0;) {
            if (std::isfinite(series.values[i]))
                return series.values[i];
        }
        return std::nullopt;
    }

    void judge(ServiceHealth& service)
    {
        const bool any = service.containers > 0 || service.targetsUp + service.targetsDown > 0 || service.requestsPerSecond || service.logErrors;
        service.state = any ? State::ok : State::unknown;
        const auto found = [&service](State state, const QString& reason) {
            if (severity(state) < severity(service.state)) {
                service.state = state;
                service.reason = reason;
            }
        };
        if (!service.firing.isEmpty())
            found(service.firingCritical ? State::critical : State::warning, service.firing.first());
        if (service.containerState == State::critical)
            found(State::critical, service.containerText);
        if (service.targetsDown > 0)
            found(service.targetsUp == 0 ? State::critical : State::warning, QCoreApplication::translate("belvedere::ui::ServiceHealth", "targets down: %1").arg(service.targetsDown));
        if (service.errorRatio && *service.errorRatio > kErrorRatioWarning)
            found(*service.errorRatio > kErrorRatioCritical ? State::critical : State::warning, QCoreApplication::translate("belvedere::ui::ServiceHealth", "%1 of requests fail").arg(percentText(*service.errorRatio)));
        if (service.containerState == State::warning)
            found(State::warning, service.containerText);
    }

}

std::vector<ServiceHealth> assembleServices(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers, const std::vector<model::RuleGroupStatus>& rules, const ServiceMetrics& metrics)
{
    std::map<std::string, ServiceHealth> services;
    for (const auto& container : containers) {
        auto& service = services[container.composeService.empty() ? container.name : container.composeService];
        ++service.containers;
        const State state = stateOf(container);
        if (!service.containerState || severity(state) < severity(*service.containerState)) {
            service.containerState = state;
            service.containerText = toQString(container.health.empty() || container.state != "running" ? container.state : container.health);
            service.worstContainer = toQString(container.name);
        }
    }
    std::map<std::string, std::string> serviceOfJob;
    for (const auto& target : targets.active) {
        const auto name = serviceOf(target, containers);
        serviceOfJob.try_emplace(target.job, name);
        auto& service = services[name];
        service.job = toQString(target.job);
        ++service.targets;
        service.targetsUp += target.health == model::TargetStatus::Health::up ? 1 : 0;
        service.targetsDown += target.health == model::TargetStatus::Health::down ? 1 : 0;
    }
    for (const auto& group : rules) {
        for (const auto& rule : group.rules) {
            for (const auto& alert : rule.alerts) {
                auto name = serviceOf(alert.labels);
                if (const auto at = serviceOfJob.find(name); at != serviceOfJob.end() && !services.contains(name))
                    name = at->second;
                if (alert.state != model::AlertState::firing || name.empty())
                    continue;
                auto& service = services[name];
                if (const auto text = toQString(alert.rule); !service.firing.contains(text))
                    service.firing << text;
                service.firingCritical |= alert.labels.get("severity") == "critical";
            }
        }
    }
    // Series only add to services that are there by themselves: a recording of last week is not a service.
    const auto known = [&services, &serviceOfJob](const model::Labels& labels) -> ServiceHealth* {
        auto name = serviceOf(labels);
        if (const auto job = serviceOfJob.find(std::string(labels.get("job"))); job != serviceOfJob.end())
            name = job->second;
        const auto at = services.find(name);
        return at == services.end() ? nullptr : &at->second;
    };
    for (const auto& series : metrics.requestRate) {
        if (auto* service = known(*series.labels)) {
            service->requestsPerSecond = last(series);
            service->rateTimesMs.assign(series.timesMs.begin(), series.timesMs.end());
            service->rates = series.values;
        }
    }
    for (const auto& series : metrics.errorRatio) {
        if (auto* service = known(*series.labels))
            service->errorRatio = last(series);
    }
    for (const auto& series : metrics.p95) {
        if (auto* service = known(*series.labels))
            service->p95Seconds = last(series);
    }
    for (const auto& sample : metrics.logErrors) {
        if (auto* service = known(*sample.labels))
            service->logErrors = sample.value;
    }
    std::vector<ServiceHealth> all;
    for (auto& [name, service] : services) {
        service.name = toQString(name);
        judge(service);
        all.push_back(std::move(service));
    }
    std::ranges::stable_sort(all, {}, [](const ServiceHealth& service) { return severity(service.state); });
    return all;
}

}
