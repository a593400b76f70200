#include "core/demo/service.h"

#include "core/base/format.h"
#include "core/base/json_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

// PostgreSQL, Redis and Kafka, with the series names of postgres_exporter, redis_exporter and kafka_exporter.

namespace belvedere::demo {

namespace {

class Postgres final : public Service {
public:
    explicit Postgres(std::int64_t bootMs)
        : Service("postgres", "postgres", "postgres-exporter:9187", "docker.io/library/postgres:17")
    {
        auto& r = m_registry;
        const auto one = [&](const char* family, const char* type, const char* help, std::vector<model::Label> labels = {}) {
            r.family(family, type, help);
            return r.add(std::move(labels));
        };
        const std::vector<model::Label> database { { "datname", "shop" }, { "datid", "16384" } };
        r.set(one("pg_up", "gauge", "Whether the last scrape of metrics from PostgreSQL was able to connect to the server."), 1);
        r.set(one("pg_static", "untyped", "Version string as reported by postgres", { { "short_version", "17.2.0" }, { "version", "PostgreSQL 17.2 on x86_64-pc-linux-gnu" } }), 1);
        r.set(one("pg_postmaster_start_time_seconds", "gauge", "Time at which postmaster started"), static_cast<double>(bootMs) / 1000);
        r.set(one("pg_settings_max_connections", "gauge", "Server Parameter: max_connections"), 100);
        r.set(one("pg_settings_shared_buffers_bytes", "gauge", "Server Parameter: shared_buffers"), 134217728);
        m_commits = one("pg_stat_database_xact_commit", "counter", "Number of transactions in this database that have been committed", database);
        m_rollbacks = one("pg_stat_database_xact_rollback", "counter", "Number of transactions in this database that have been rolled back", database);
        m_hits = one("pg_stat_database_blks_hit", "counter", "Number of times disk blocks were found already in the buffer cache", database);
        m_reads = one("pg_stat_database_blks_read", "counter", "Number of disk blocks read in this database", database);
        m_returned = one("pg_stat_database_tup_returned", "counter", "Number of rows returned by queries in this database", database);
        m_fetched = one("pg_stat_database_tup_fetched", "counter", "Number of rows fetched by queries in this database", database);
        m_inserted = one("pg_stat_database_tup_inserted", "counter", "Number of rows inserted by queries in this database", database);
        m_updated = one("pg_stat_database_tup_updated", "counter", "Number of rows updated by queries in this database", database);
        m_deleted = one("pg_stat_database_tup_deleted", "counter", "Number of rows deleted by queries in this database", database);
        m_conflicts = one("pg_stat_database_conflicts", "counter", "Number of queries canceled due to conflicts with recovery", database);
        m_deadlocks = one("pg_stat_database_deadlocks", "counter", "Number of deadlocks detected in this database", database);
        m_backends = one("pg_stat_database_numbackends", "gauge", "Number of backends currently connected to this database", database);
        m_size = one("pg_database_size_bytes", "gauge", "Disk space used by the database", { { "datname", "shop" } });
        r.family("pg_stat_activity_count", "gauge", "number of connections in this state");
        for (std::size_t i = 0; i < kStates.size(); ++i)
            m_activity[i] = r.add({ { "datname", "shop" }, { "state", std::string(kStates[i]) } });
        r.family("pg_stat_activity_max_tx_duration", "gauge", "max duration in seconds any active transaction has been running");
        m_longest = r.add({ { "datname", "shop" }, { "state", "active" } });
        r.family("pg_locks_count", "gauge", "Number of locks");
        m_shareLocks = r.add({ { "datname", "shop" }, { "mode", "accesssharelock" } });
        m_rowLocks = r.add({ { "datname", "shop" }, { "mode", "rowexclusivelock" } });
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>& lines) override
    {
        const bool slow = c.incident == Incident::slowQuery;
        const double transactions = poisson(random, 52 * c.load * c.seconds);
        auto& r = m_registry;
        r.increase(m_commits, transactions);
        r.increase(m_rollbacks, poisson(random, 0.15 * c.load * c.seconds * (c.incident == Incident::errorBurst ? 20 : 1)));
        r.increase(m_hits, std::round(transactions * uniform(random, 28, 34)));
        r.increase(m_reads, std::round(transactions * (slow ? uniform(random, 14, 20) : uniform(random, 0.2, 0.6))));
        r.increase(m_returned, std::round(transactions * (slow ? 5200 : uniform(random, 110, 140))));
        r.increase(m_fetched, std::round(transactions * uniform(random, 18, 22)));
        r.increase(m_inserted, poisson(random, transactions * 0.2));
        r.increase(m_updated, poisson(random, transactions * 0.35));
        r.increase(m_deleted, poisson(random, transactions * 0.03));
        r.increase(m_deadlocks, slow && uniform(random, 0, 1) < 0.02 * c.seconds ? 1 : 0);
        const double active = std::round((slow ? 26 : 3) * c.load + uniform(random, 0, 2));
        const double idle = std::round(18 + uniform(random, -2, 2));
        const double inTransaction = std::round((slow ? 6 : 1) + uniform(random, 0, 1.4));
        r.set(m_activity[0], active);
        r.set(m_activity[1], idle);
        r.set(m_activity[2], inTransaction);
        r.set(m_backends, active + idle + inTransaction);
        r.set(m_longest, slow ? uniform(random, 14, 45) : uniform(random, 0, 0.6));
        r.set(m_shareLocks, std::round(active * 3.2));
        r.set(m_rowLocks, std::round(inTransaction * 2));
        m_bytes += transactions * 180;
        r.set(m_size, std::round((2.31e9 + m_bytes) / 8192) * 8192);

        const int slowLines = poisson(random, (slow ? 0.8 : 0.01) * c.seconds);
        for (int i = 0; i < slowLines; ++i) {
            std::string line;
            const double ms = slow ? latency(random, 4200, 0.6) : latency(random, 600, 0.3);
            JsonWriter json(line);
            json.beginObject().key("level").string("warning").key("error_severity").string("LOG").key("message");
            json.string(formatted("duration: {:.3f} ms  statement: SELECT o.* FROM orders o JOIN order_items i ON i.order_id = o.id WHERE lower(o.email) = $1", ms));
            json.key("duration_ms").number(std::round(ms * 1000) / 1000).key("dbname").string("shop").key("user").string("shop").key("application_name").string("api").endObject();
            lines.push_back({ c.nowMs * 1'000'000 - static_cast<std::int64_t>(uniform(random, 0, c.seconds) * 1e9), std::move(line), {} });
        }
        m_sinceCheckpoint += c.seconds;
        if (m_sinceCheckpoint > 300) {
            m_sinceCheckpoint = 0;
            lines.push_back({ c.nowMs * 1'000'000, R"({"level":"info","error_severity":"LOG","message":"checkpoint complete: wrote 812 buffers (5.0%); write=29.8 s, sync=0.1 s, total=30.0 s"})", {} });
        }
        std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.timeNs < b.timeNs; });
    }

private:
    static constexpr std::array<std::string_view, 3> kStates { "active", "idle", "idle in transaction" };
    Registry::Handle m_commits = 0, m_rollbacks = 0, m_hits = 0, m_reads = 0, m_returned = 0, m_fetched = 0, m_inserted = 0, m_updated = 0, m_deleted = 0;
    Registry::Handle m_conflicts = 0, m_deadlocks = 0, m_backends = 0, m_size = 0, m_longest = 0, m_shareLocks = 0, m_rowLocks = 0;
    std::array<Registry::Handle, 3> m_activity {};
    double m_bytes = 0;
    double m_sinceCheckpoint = 0;
};

class Redis final : public Service {
public:
    explicit Redis(std::int64_t bootMs)
        : Service("redis", "redis", "redis-exporter:9121", "docker.io/library/redis:7.4")
        , m_bootMs(bootMs)
    {
        auto& r = m_registry;
        const auto one = [&](const char* family, const char* type, std::vector<model::Label> labels = {}) {
            r.family(family, type, std::string(family) + " metric");
            return r.add(std::move(labels));
        };
        r.set(one("redis_up", "gauge"), 1);
        r.set(one("redis_instance_info", "gauge", { { "redis_version", "7.4.1" }, { "role", "master" }, { "os", "Linux 6.12" } }), 1);
        m_uptime = one("redis_uptime_in_seconds", "gauge");
        m_clients = one("redis_connected_clients", "gauge");
        r.set(one("redis_blocked_clients", "gauge"), 4);
        m_memory = one("redis_memory_used_bytes", "gauge");
        r.set(one("redis_memory_max_bytes", "gauge"), 268435456);
        m_commandsTotal = one("redis_commands_processed_total", "counter");
        m_hits = one("redis_keyspace_hits_total", "counter");
        m_misses = one("redis_keyspace_misses_total", "counter");
        m_expired = one("redis_expired_keys_total", "counter");
        m_evicted = one("redis_evicted_keys_total", "counter");
        m_input = one("redis_net_input_bytes_total", "counter");
        m_output = one("redis_net_output_bytes_total", "counter");
        m_keys = one("redis_db_keys", "gauge", { { "db", "db0" } });
        m_expiring = one("redis_db_keys_expiring", "gauge", { { "db", "db0" } });
        r.family("redis_commands_total", "counter", "redis_commands_total metric");
        for (std::size_t i = 0; i < kCommands.size(); ++i)
            m_commands[i] = r.add({ { "cmd", std::string(kCommands[i]) } });
        r.family("redis_commands_duration_seconds_total", "counter", "redis_commands_duration_seconds_total metric");
        for (std::size_t i = 0; i < kCommands.size(); ++i)
            m_durations[i] = r.add({ { "cmd", std::string(kCommands[i]) } });
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>& lines) override
    {
        constexpr std::array<double, 5> kRates { 120, 40, 14, 14, 8 };
        const double surge = c.incident == Incident::queueBacklog ? 2.4 : 1;
        auto& r = m_registry;
        r.set(m_uptime, std::floor(static_cast<double>(c.nowMs - m_bootMs) / 1000));
        double all = 0;
        for (std::size_t i = 0; i < kCommands.size(); ++i) {
            const double count = poisson(random, kRates[i] * c.load * (i >= 2 ? surge : 1) * c.seconds);
            r.increase(m_commands[i], count);
            r.increase(m_durations[i], count * uniform(random, 3e-6, 9e-6));
            all += count;
            if (i == 0) {
                const double hits = std::round(count * uniform(random, 0.91, 0.95));
                r.increase(m_hits, hits);
                r.increase(m_misses, count - hits);
            }
        }
        r.increase(m_commandsTotal, all);
        r.increase(m_expired, poisson(random, 1.4 * c.seconds));
        r.increase(m_input, all * 92);
        r.increase(m_output, all * 410);
        r.set(m_clients, std::round(24 + 6 * c.load + uniform(random, -1.5, 1.5)));
        m_backlog = c.incident == Incident::queueBacklog ? std::min(m_backlog + 22000 * c.seconds, 4.2e7) : std::max(0.0, m_backlog - 60000 * c.seconds);
        r.set(m_memory, std::round(6.1e7 + 4e6 * c.load + m_backlog + uniform(random, 0, 2e5)));
        r.set(m_keys, std::round(48000 + 2600 * c.load + uniform(random, 0, 40)));
        r.set(m_expiring, std::round(41000 + 2400 * c.load));
        m_sinceSave += c.seconds;
        if (m_sinceSave > 180) {
            m_sinceSave = 0;
            std::string line;
            JsonWriter(line).beginObject().key("level").string("info").key("message").string("Background saving terminated with success").key("rdb_changes").number(std::int64_t { 10000 }).endObject();
            lines.push_back({ c.nowMs * 1'000'000, std::move(line), {} });
        }
    }

private:
    static constexpr std::array<std::string_view, 5> kCommands { "get", "set", "lpush", "brpop", "expire" };
    std::int64_t m_bootMs;
    Registry::Handle m_uptime = 0, m_clients = 0, m_memory = 0, m_commandsTotal = 0, m_hits = 0, m_misses = 0, m_expired = 0, m_evicted = 0, m_input = 0, m_output = 0, m_keys = 0, m_expiring = 0;
    std::array<Registry::Handle, 5> m_commands {}, m_durations {};
    double m_backlog = 0;
    double m_sinceSave = 0;
};

class Kafka final : public Service {
public:
    explicit Kafka(std::int64_t)
        : Service("kafka", "kafka", "kafka-exporter:9308", "docker.io/apache/kafka:3.9.0")
    {
        auto& r = m_registry;
        r.family("kafka_brokers", "gauge", "Number of Brokers in the Kafka Cluster.");
        r.set(r.add({}), 3);
        r.family("kafka_topic_partitions", "gauge", "Number of partitions for this Topic");
        for (const auto topic : kTopics)
            r.set(r.add({ { "topic", std::string(topic) } }), kPartitions);
        const auto each = [&](const char* family, const char* help, bool group, auto& handles) {
            r.family(family, "gauge", help);
            for (std::size_t t = 0; t < kTopics.size(); ++t) {
                for (int p = 0; p < kPartitions; ++p) {
                    std::vector<model::Label> labels { { "topic", std::string(kTopics[t]) }, { "partition", std::to_string(p) } };
                    if (group)
                        labels.push_back({ "consumergroup", std::string(kGroups[t]) });
                    handles[t][static_cast<std::size_t>(p)] = r.add(std::move(labels));
                }
            }
        };
        each("kafka_topic_partition_current_offset", "Current Offset of a Broker at Topic/Partition", false, m_offset);
        each("kafka_topic_partition_in_sync_replica", "Number of In-Sync Replicas for this Topic/Partition", false, m_replicas);
        each("kafka_consumergroup_current_offset", "Current Offset of a ConsumerGroup at Topic/Partition", true, m_consumed);
        each("kafka_consumergroup_lag", "Current Approximate Lag of a ConsumerGroup at Topic/Partition", true, m_lag);
        r.family("kafka_consumergroup_members", "gauge", "Amount of members in a consumer group");
        for (const auto group : kGroups)
            r.set(r.add({ { "consumergroup", std::string(group) } }), 3);
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>& lines) override
    {
        constexpr std::array<double, 3> kRates { 18, 42, 6 };
        auto& r = m_registry;
        const bool behind = c.incident == Incident::queueBacklog;
        for (std::size_t t = 0; t < kTopics.size(); ++t) {
            for (std::size_t p = 0; p < kPartitions; ++p) {
                r.set(m_replicas[t][p], 3);
                r.increase(m_offset[t][p], poisson(random, kRates[t] / kPartitions * c.load * c.seconds));
                const double waiting = r.value(m_offset[t][p]) - r.value(m_consumed[t][p]);
                const double capacity = poisson(random, kRates[t] / kPartitions * (behind && t == 0 ? 0.05 : 5) * c.seconds);
                r.increase(m_consumed[t][p], std::min(waiting, capacity));
                r.set(m_lag[t][p], r.value(m_offset[t][p]) - r.value(m_consumed[t][p]));
            }
        }
        m_sinceLine += c.seconds;
        if (m_sinceLine > (behind ? 8 : 240)) {
            m_sinceLine = 0;
            std::string line;
            JsonWriter(line).beginObject().key("level").string(behind ? "warning" : "info").key("logger").string("kafka.coordinator.group").key("message")
                .string(behind ? "[GroupCoordinator 1]: Member shop-consumer-2 in group order-processor is slow to poll" : "[GroupCoordinator 1]: Stabilized group analytics generation 12")
                .key("group").string(behind ? "order-processor" : "analytics").endObject();
            lines.push_back({ c.nowMs * 1'000'000, std::move(line), {} });
        }
    }

private:
    static constexpr int kPartitions = 3;
    static constexpr std::array<std::string_view, 3> kTopics { "orders", "events", "stock" };
    static constexpr std::array<std::string_view, 3> kGroups { "order-processor", "analytics", "stock-sync" };
    using Grid = std::array<std::array<Registry::Handle, kPartitions>, kTopics.size()>;
    Grid m_offset {}, m_replicas {}, m_consumed {}, m_lag {};
    double m_sinceLine = 0;
};

}

std::unique_ptr<Service> makePostgres(std::int64_t bootMs) { return std::make_unique<Postgres>(bootMs); }
std::unique_ptr<Service> makeRedis(std::int64_t bootMs) { return std::make_unique<Redis>(bootMs); }
std::unique_ptr<Service> makeKafka(std::int64_t bootMs) { return std::make_unique<Kafka>(bootMs); }

}
