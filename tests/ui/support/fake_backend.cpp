#include "tests/ui/support/fake_backend.h"

#include "tests/ui/support/fake_sources.h"

namespace belvedere::test {

namespace {

    model::TargetStatus target(std::int64_t nowMs, const std::string& job, const std::string& address, double seconds, std::size_t samples, const std::string& error = {})
    {
        model::TargetStatus status;
        status.job = job;
        status.url = "http://" + address + "/metrics";
        status.labels = model::Labels { { "instance", address }, { "job", job }, { "env", "dev" } };
        status.discoveredLabels = model::Labels { { "__address__", address }, { "__metrics_path__", "/metrics" }, { "__scheme__", "http" }, { "__scrape_interval__", "15s" }, { "__scrape_timeout__", "10s" },
            { "__meta_docker_container_name", "/shop-" + job + "-1" }, { "__meta_docker_container_label_com_docker_compose_service", job }, { "job", job } };
        status.health = error.empty() ? model::TargetStatus::Health::up : model::TargetStatus::Health::down;
        status.error = error;
        status.lastScrapeMs = nowMs - 1000 - static_cast<std::int64_t>(samples) % 11 * 1000;
        status.lastDurationSeconds = seconds;
        status.samplesScraped = samples;
        status.intervalMs = 15'000;
        status.timeoutMs = 10'000;
        return status;
    }

    model::ContainerStatus container(std::int64_t nowMs, const std::string& service, const std::string& image, const std::string& state, const std::string& health, std::vector<std::string> ports, std::uint64_t lines)
    {
        model::ContainerStatus status;
        status.id = std::string(64 - service.size(), 'a') + service;
        status.name = "shop-" + service + "-1";
        status.image = image;
        status.state = state;
        status.health = health;
        status.status = state == "running" ? "Up 3 hours" + (health.empty() ? std::string() : " (" + health + ")") : state == "restarting" ? "Restarting (1) 4 seconds ago" : "Exited (137) 12 minutes ago";
        status.composeProject = "shop";
        status.composeService = service;
        status.ports = std::move(ports);
        status.createdMs = nowMs - 4 * 3'600'000;
        status.startedMs = nowMs - 3 * 3'600'000;
        status.restartCount = state == "restarting" ? 17 : 0;
        status.logsFollowed = state == "running";
        status.linesRead = lines;
        return status;
    }

    model::RuleStatus alertRule(std::int64_t nowMs, const std::string& name, const std::string& expr, const std::string& severity, const std::string& summary,
        const std::vector<std::pair<model::Labels, double>>& instances, model::AlertState state)
    {
        model::RuleStatus rule;
        rule.name = name;
        rule.expr = expr;
        rule.holdDurationMs = 60'000;
        rule.labels = model::Labels { { "severity", severity } };
        rule.annotations = model::Labels { { "summary", summary }, { "runbook_url", "https://runbooks.example.org/" + name } };
        rule.state = instances.empty() ? model::AlertState::inactive : state;
        rule.health = "ok";
        rule.lastEvaluationMs = nowMs - 4000;
        rule.evaluationSeconds = 0.0021;
        for (const auto& [labels, value] : instances) {
            model::LabelsBuilder builder(labels);
            builder.set("alertname", name).set("severity", severity);
            model::AlertStatus alert;
            alert.rule = name;
            alert.labels = builder.build();
            alert.annotations = rule.annotations;
            alert.state = state;
            alert.activeAtMs = nowMs - 380'000;
            alert.firedAtMs = state == model::AlertState::firing ? nowMs - 320'000 : 0;
            alert.value = value;
            rule.alerts.push_back(alert);
        }
        return rule;
    }

}

FakeBackend::FakeBackend(std::int64_t nowMs, QObject* parent)
    : Backend(parent)
    , m_nowMs(nowMs)
{
}

FakeBackend::~FakeBackend() = default;

void FakeBackend::fillWithShop()
{
    model::TargetList targets;
    targets.active.push_back(target(m_nowMs, "api", "127.0.0.1:8000", 0.0123, 412));
    targets.active.push_back(target(m_nowMs, "api", "127.0.0.1:8001", 0.0148, 409));
    targets.active.push_back(target(m_nowMs, "api", "127.0.0.1:8002", 10.0, 0, "context deadline exceeded: no complete answer from http://127.0.0.1:8002/metrics within 10s; is the service overloaded, or scrape_timeout too short?"));
    targets.active.push_back(target(m_nowMs, "celery", "127.0.0.1:9808", 0.0044, 96));
    targets.active.push_back(target(m_nowMs, "kafka", "127.0.0.1:9308", 0.021, 233));
    targets.active.push_back(target(m_nowMs, "node", "127.0.0.1:9100", 0.038, 1842));
    targets.active.push_back(target(m_nowMs, "postgres", "127.0.0.1:9187", 0.052, 671));
    targets.active.push_back(target(m_nowMs, "redis", "127.0.0.1:9121", 0.006, 358));
    auto fresh = target(m_nowMs, "nginx", "127.0.0.1:9113", 0, 0);
    fresh.health = model::TargetStatus::Health::unknown;
    fresh.lastScrapeMs = 0;
    targets.active.push_back(fresh);
    targets.dropped.push_back({ "api", model::Labels { { "__address__", "127.0.0.1:5432" }, { "__meta_docker_container_name", "/shop-postgres-1" } } });
    setTargets(std::move(targets));

    setContainers({
        container(m_nowMs, "api", "shop/api:1.14.2", "running", "healthy", { "127.0.0.1:8000→8000/tcp" }, 184'233),
        container(m_nowMs, "worker", "shop/worker:1.14.2", "restarting", "", {}, 9'120),
        container(m_nowMs, "web", "nginx:1.27-alpine", "running", "", { "0.0.0.0:8080→80/tcp", "0.0.0.0:8443→443/tcp" }, 1'240'008),
        container(m_nowMs, "postgres", "postgres:16", "running", "healthy", { "127.0.0.1:5432→5432/tcp" }, 3'310),
        container(m_nowMs, "redis", "redis:7.4", "running", "unhealthy", { "127.0.0.1:6379→6379/tcp" }, 811),
        container(m_nowMs, "kafka", "bitnami/kafka:3.8", "running", "", { "127.0.0.1:9092→9092/tcp" }, 22'410),
        container(m_nowMs, "migrate", "shop/api:1.14.2", "exited", "", {}, 42),
    });

    model::RuleGroupStatus services;
    services.name = "services";
    services.file = "rules/services.yml";
    services.intervalMs = 15'000;
    services.lastEvaluationMs = m_nowMs - 4000;
    services.evaluationSeconds = 0.0082;
    services.rules.push_back(alertRule(m_nowMs, "HighErrorRate", "sum by (service) (rate(http_requests_total{status=~\"5..\"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.05", "critical",
        "More than 5 % of the requests to api fail", { { model::Labels { { "service", "api" } }, 0.0831 } }, model::AlertState::firing));
    services.rules.push_back(alertRule(m_nowMs, "TargetDown", "up == 0", "warning", "A target does not answer", { { model::Labels { { "instance", "127.0.0.1:8002" }, { "job", "api" } }, 0 } }, model::AlertState::firing));
    services.rules.push_back(alertRule(m_nowMs, "QueueBacklog", "celery_queue_length > 500", "warning", "The queue mail grows faster than it is worked off", { { model::Labels { { "queue_name", "mail" } }, 731 } }, model::AlertState::pending));
    services.rules.push_back(alertRule(m_nowMs, "SlowQueries", "pg_stat_activity_max_tx_duration > 30", "warning", "A transaction runs longer than 30 s", {}, model::AlertState::inactive));
    model::RuleStatus broken = alertRule(m_nowMs, "DiskFull", "predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0", "critical", "The disk is full within a day", {}, model::AlertState::inactive);
    broken.health = "err";
    broken.lastError = "many-to-many matching not allowed: matching labels must be unique on one side";
    services.rules.push_back(broken);
    model::RuleGroupStatus recording;
    recording.name = "requests";
    recording.file = "rules/requests.yml";
    recording.intervalMs = 30'000;
    recording.lastEvaluationMs = m_nowMs - 11'000;
    recording.evaluationSeconds = 0.0014;
    model::RuleStatus record;
    record.kind = model::RuleStatus::Kind::recording;
    record.name = "service:http_requests:rate5m";
    record.expr = "sum by (service) (rate(http_requests_total[5m]))";
    record.health = "ok";
    record.lastEvaluationMs = m_nowMs - 11'000;
    record.evaluationSeconds = 0.0014;
    recording.rules.push_back(record);
    setRules({ services, recording });

    const auto change = [this](std::int64_t secondsAgo, const char* rule, model::Labels labels, model::AlertState state, double value) {
        model::LabelsBuilder builder(labels);
        builder.set("alertname", rule);
        return model::AlertChange { m_nowMs - secondsAgo * 1000, rule, builder.build(), state, value };
    };
    const model::Labels api { { "service", "api" }, { "severity", "critical" } };
    const model::Labels worker { { "hostname", "worker-1" }, { "severity", "critical" } };
    setAlertChanges({
        change(320, "HighErrorRate", api, model::AlertState::firing, 0.0831),
        change(320, "TargetDown", model::Labels { { "instance", "127.0.0.1:8002" }, { "job", "api" }, { "severity", "warning" } }, model::AlertState::firing, 0),
        change(2'900, "HighErrorRate", api, model::AlertState::inactive, 0),
        change(3'131, "HighErrorRate", api, model::AlertState::firing, 0.121),
        change(80'000, "WorkerLost", worker, model::AlertState::inactive, 0),
        change(80'200, "WorkerLost", worker, model::AlertState::firing, 0),
    });
    setStats({ .samplesPerSecond = 1284.5, .linesPerSecond = 312.2, .metricSeries = 8421, .metricBytes = 41'800'000, .logBytes = 118'000'000, .diskFreeBytes = 214'000'000'000, .droppedSamples = 0, .droppedLines = 0 });
    setProblems({ { QStringLiteral("scrape/api"), QStringLiteral("scrape"), QStringLiteral("http://127.0.0.1:8002/metrics does not answer within 10s; look at the service, or raise scrape_timeout of job api"), false },
        { QStringLiteral("rules/DiskFull"), QStringLiteral("rules"), QStringLiteral("rules/services.yml: DiskFull: many-to-many matching not allowed; add on(...) or group_left"), false } });
    setDataSources(makeShopSources(m_nowMs));
}

void FakeBackend::setTargets(model::TargetList targets)
{
    m_targets = std::make_shared<const model::TargetList>(std::move(targets));
    Q_EMIT targetsChanged();
}

void FakeBackend::setContainers(std::vector<model::ContainerStatus> containers)
{
    m_containers = std::make_shared<const std::vector<model::ContainerStatus>>(std::move(containers));
    Q_EMIT containersChanged();
}

void FakeBackend::setDockerState(const QString& state)
{
    m_dockerState = state;
    Q_EMIT containersChanged();
}

void FakeBackend::setRules(std::vector<model::RuleGroupStatus> rules)
{
    m_rules = std::make_shared<const std::vector<model::RuleGroupStatus>>(std::move(rules));
    Q_EMIT rulesChanged();
}

void FakeBackend::setDataSources(std::vector<std::shared_ptr<const datasource::DataSource>> sources)
{
    m_sources = std::make_shared<const datasource::Registry>(std::move(sources));
    Q_EMIT dataSourcesChanged();
}

void FakeBackend::setAlertChanges(std::vector<model::AlertChange> changes)
{
    m_alertChanges = std::make_shared<const std::vector<model::AlertChange>>(std::move(changes));
    Q_EMIT alertChangesChanged();
}

void FakeBackend::setStats(const ui::SessionStats& stats)
{
    m_stats = stats;
    Q_EMIT statsChanged();
}

void FakeBackend::setProblems(std::vector<ui::Problem> problems)
{
    m_problems = std::move(problems);
    Q_EMIT problemsChanged();
}

}
