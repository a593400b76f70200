#include "core/demo/stack.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <numbers>

namespace belvedere::demo {

namespace {

/// Two humps a day, in UTC: a morning and an evening one.
double loadAt(std::int64_t timeMs)
{
    const double hours = static_cast<double>(timeMs % 86'400'000) / 3'600'000;
    return 1 + 0.45 * std::sin((hours - 8) / 24 * 2 * std::numbers::pi) + 0.12 * std::sin(hours / 6 * 2 * std::numbers::pi);
}

}

Incident Stack::incidentAt(std::int64_t timeMs)
{
    if (timeMs % kIncidentEveryMs >= kIncidentLastsMs)
        return Incident::none;
    return static_cast<Incident>(1 + timeMs / kIncidentEveryMs % 4);
}

Conditions Stack::conditionsAt(std::int64_t timeMs, double seconds) { return { timeMs, seconds, loadAt(timeMs), incidentAt(timeMs) }; }

model::Labels Stack::logLabels(const Service& service)
{
    return model::Labels { { "compose_project", "shop" }, { "compose_service", service.name() }, { "container", "shop-" + service.name() + "-1" },
        { "service", service.name() }, { "stream", "stdout" } };
}

Stack::Stack(model::LogSink& logs, const Clock& clock, std::uint64_t seed)
    : m_logs(logs)
    , m_clock(clock)
    , m_random(seed)
    , m_timeMs(clock.nowMs() - kHistoryMs)
    , m_bornMs(m_timeMs)
{
    m_services = makeServices(m_bornMs);
    m_expositions.resize(m_services.size());
    m_lines.resize(m_services.size());
}

Result<std::unique_ptr<Stack>> Stack::start(model::LogSink& logs, const Clock& clock, Logger& logger, std::uint64_t seed)
{
    auto stack = std::unique_ptr<Stack>(new Stack(logs, clock, seed));
    for (std::size_t i = 0; i < stack->m_services.size(); ++i) {
        auto router = std::make_unique<receive::Router>();
        router->get("/metrics", [raw = stack.get(), i](const receive::Request&) {
            receive::Response response;
            response.contentType = "text/plain; version=0.0.4; charset=utf-8";
            const std::scoped_lock lock(raw->m_mutex);
            response.body = raw->m_expositions[i];
            return response;
        });
        receive::ServerOptions options;
        options.port = 0;
        options.handlerThreads = 1;
        auto server = std::make_unique<receive::HttpServer>(*router, logger, options);
        if (auto started = server->start(); !started)
            return withContext(started.error(), "start the pretend service " + stack->m_services[i]->name());
        const auto& service = *stack->m_services[i];
        stack->m_targets.push_back({ service.job(), service.instance(), "127.0.0.1:" + std::to_string(server->port()) });
        stack->m_routers.push_back(std::move(router));
        stack->m_servers.push_back(std::move(server));
    }
    return stack;
}

Stack::~Stack()
{
    m_thread = {};
    m_servers.clear();
}

void Stack::advanceTo(std::int64_t timeMs, std::vector<model::LogPush>& pushes)
{
    const auto conditions = conditionsAt(timeMs, static_cast<double>(timeMs - m_timeMs) / 1000);
    for (std::size_t i = 0; i < m_services.size(); ++i) {
        model::LogPush push { logLabels(*m_services[i]), {} };
        m_services[i]->advance(conditions, m_random, push.entries);
        if (push.entries.empty())
            continue;
        const std::scoped_lock lock(m_mutex);
        m_lines[i] += push.entries.size();
        pushes.push_back(std::move(push));
    }
    m_timeMs = timeMs;
}

Result<void> Stack::writeHistory(model::MetricSink& metrics)
{
    struct Ids {
        model::GroupId group {};
        std::vector<model::SeriesId> series;
        model::SeriesId up {};
    };
    std::vector<Ids> ids;
    for (const auto& service : m_services) {
        Ids own;
        auto group = metrics.groupId("scrape/" + service->job() + "/" + service->instance());
        if (!group)
            return std::unexpected(group.error());
        own.group = *group;
        const auto resolve = [&](const model::Labels& labels) {
            model::LabelsBuilder builder(labels);
            builder.set("job", service->job()).set("instance", service->instance());
            return metrics.seriesId(builder.build());
        };
        for (const auto& series : service->registry().series()) {
            auto id = resolve(series.labels);
            if (!id)
                return std::unexpected(id.error());
            own.series.push_back(*id);
        }
        auto up = resolve(model::Labels { { std::string(model::kMetricName), "up" } });
        if (!up)
            return std::unexpected(up.error());
        own.up = *up;
        ids.push_back(std::move(own));
    }

    std::vector<model::LogPush> pushes;
    const auto end = m_timeMs + kHistoryMs;
    bool first = true;
    for (auto time = m_timeMs + kHistoryStepMs; time < end; time += kHistoryStepMs) {
        advanceTo(time, pushes);
        for (std::size_t i = 0; i < m_services.size(); ++i) {
            model::MetricBatch batch;
            batch.group = ids[i].group;
            batch.timeMs = time;
            batch.series = ids[i].series;
            batch.series.push_back(ids[i].up);
            batch.values.reserve(batch.series.size());
            for (const auto& series : m_services[i]->registry().series())
                batch.values.push_back(series.value);
            batch.values.push_back(1);
            if (first)
                batch.metadata = m_services[i]->registry().metadata();
            metrics.append(std::move(batch), {});
        }
        first = false;
        if (pushes.size() > 400) {
            m_logs.append(std::move(pushes), {}, {});
            pushes.clear();
        }
    }
    // One empty batch behind all others: when it is committed, so are they.
    if (auto flushed = metrics.appendAndWait({}); !flushed)
        return std::unexpected(flushed.error());
    if (auto written = m_logs.appendAndWait(std::move(pushes)); !written)
        return std::unexpected(written.error());
    return {};
}

void Stack::run()
{
    m_thread = std::jthread([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            const auto now = m_clock.nowMs();
            // After sleep the stack goes on from now, as a real one would.
            m_timeMs = std::max(m_timeMs, now - 60'000);
            if (now > m_timeMs) {
                std::vector<model::LogPush> pushes;
                advanceTo(now, pushes);
                {
                    const std::scoped_lock publish(m_mutex);
                    for (std::size_t i = 0; i < m_services.size(); ++i)
                        m_expositions[i] = m_services[i]->registry().exposition();
                }
                if (!pushes.empty())
                    m_logs.append(std::move(pushes), {}, {});
            }
            wake.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
        }
    });
}

std::vector<model::ContainerStatus> Stack::containers() const
{
    const auto nowMs = m_clock.nowMs();
    const bool lost = incidentAt(nowMs) == Incident::workerLost;
    std::vector<model::ContainerStatus> out;
    const std::scoped_lock lock(m_mutex);
    for (std::size_t i = 0; i < m_services.size(); ++i) {
        const auto& service = *m_services[i];
        model::ContainerStatus container;
        container.id = std::string(12, static_cast<char>('a' + i));
        container.name = "shop-" + service.name() + "-1";
        container.image = service.image();
        container.composeProject = "shop";
        container.composeService = service.name();
        const bool restarting = lost && service.name() == "worker";
        container.state = restarting ? "restarting" : "running";
        container.status = restarting ? "Restarting (137) 8 seconds ago" : "Up 2 hours (healthy)";
        container.health = restarting ? "unhealthy" : "healthy";
        container.ports = { m_targets[i].address + "→" + service.instance().substr(service.instance().find(':') + 1) + "/tcp" };
        container.createdMs = m_bornMs;
        container.startedMs = restarting ? nowMs - 8'000 : m_bornMs;
        container.restartCount = restarting ? 1 : 0;
        container.logsFollowed = true;
        container.linesRead = m_lines[i];
        out.push_back(std::move(container));
    }
    return out;
}

}
