#include "ui/overview/service_kinds.h"

#include "ui/format.h"

#include <initializer_list>
#include <string_view>

// What Belvedere knows about other people's programs: names as the usual exporters and instrumentations write them. Each
// expression is one query for all targets of its kind; kinds that no target is of are not asked for.

namespace belvedere::ui {

namespace {

    // Parts of expressions, each a value by job and instance.

    std::string sumOf(std::string_view selector) { return "sum by (job, instance) (" + std::string(selector) + ")"; }
    std::string highestOf(std::string_view selector) { return "max by (job, instance) (" + std::string(selector) + ")"; }
    std::string rateOf(std::string_view counter) { return sumOf("rate(" + std::string(counter) + "[5m])"); }

    std::string p95Of(std::string_view buckets)
    {
        return "histogram_quantile(0.95, sum by (job, instance, le) (rate(" + std::string(buckets) + "[5m])))";
    }

    /// What part of both counters' increase is the first one's.
    std::string shareOf(std::string_view counter, std::string_view rest)
    {
        return rateOf(counter) + " / (" + rateOf(counter) + " + " + rateOf(rest) + ")";
    }

    /// What part of the requests ends with a status of 5xx, which one of these labels holds; 0 where none does.
    std::string failuresOf(const std::string& counter, std::initializer_list<const char*> statusLabels)
    {
        std::string failed;
        for (const auto* label : statusLabels)
            failed += rateOf(counter + "{" + label + "=~\"5..\"}") + " or ";
        return "(" + failed + "0 * " + rateOf(counter) + ") / " + rateOf(counter);
    }

}

const std::vector<ServiceKind>& ServiceKind::all()
{
    using enum FigureSpec::Merge;
    using enum FigureUnit;
    static const std::vector<ServiceKind> kKinds {
        { "http", "HTTP", "http_requests_total", "", "bv-api",
            {
                { QT_TR_NOOP("requests/s"), perSecond, sum, rateOf("http_requests_total") },
                { QT_TR_NOOP("errors"), ratio, highest, failuresOf("http_requests_total", { "status", "code" }), 0.01, 0.05 },
                { QT_TR_NOOP("p95"), seconds, highest, p95Of("http_request_duration_seconds_bucket") },
                { QT_TR_NOOP("in progress"), number, sum, sumOf("http_requests_inprogress") },
                { QT_TR_NOOP("memory"), bytes, sum, sumOf("process_resident_memory_bytes") },
                { QT_TR_NOOP("CPU"), ratio, sum, rateOf("process_cpu_seconds_total") },
            } },
        { "otelHttp", "HTTP", "http_server_request_duration_seconds_count", "http_server_", "",
            {
                { QT_TR_NOOP("requests/s"), perSecond, sum, rateOf("http_server_request_duration_seconds_count") },
                { QT_TR_NOOP("errors"), ratio, highest, failuresOf("http_server_request_duration_seconds_count", { "http_response_status_code" }), 0.01, 0.05 },
                { QT_TR_NOOP("p95"), seconds, highest, p95Of("http_server_request_duration_seconds_bucket") },
            } },
        { "httpDuration", "HTTP", "http_request_duration_seconds_count", "", "",
            {
                { QT_TR_NOOP("requests/s"), perSecond, sum, rateOf("http_request_duration_seconds_count") },
                { QT_TR_NOOP("p95"), seconds, highest, p95Of("http_request_duration_seconds_bucket") },
            } },
        { "celery", "Celery", "celery_task_received_total", "celery_", "bv-celery",
            {
                { QT_TR_NOOP("tasks/s"), perSecond, sum, rateOf("celery_task_succeeded_total") },
                { QT_TR_NOOP("failed"), ratio, highest, shareOf("celery_task_failed_total", "celery_task_succeeded_total") },
                { QT_TR_NOOP("waiting"), number, sum, sumOf("celery_queue_length") },
                { QT_TR_NOOP("workers up"), number, sum, sumOf("celery_worker_up") },
                { QT_TR_NOOP("retried/s"), perSecond, sum, rateOf("celery_task_retried_total") },
            } },
        { "kafka", "Kafka", "kafka_consumergroup_lag", "kafka_", "bv-kafka",
            {
                { QT_TR_NOOP("lag"), number, sum, sumOf("kafka_consumergroup_lag") },
                { QT_TR_NOOP("written/s"), perSecond, sum, rateOf("kafka_topic_partition_current_offset") },
                { QT_TR_NOOP("read/s"), perSecond, sum, rateOf("kafka_consumergroup_current_offset") },
                { QT_TR_NOOP("brokers"), number, highest, highestOf("kafka_brokers") },
            } },
        { "rabbitmq", "RabbitMQ", "rabbitmq_queue_messages_ready", "rabbitmq_", "",
            {
                { QT_TR_NOOP("waiting"), number, sum, sumOf("rabbitmq_queue_messages_ready") },
                { QT_TR_NOOP("published/s"), perSecond, sum, rateOf("rabbitmq_global_messages_received_total") },
                { QT_TR_NOOP("unacknowledged"), number, sum, sumOf("rabbitmq_queue_messages_unacked") },
                { QT_TR_NOOP("consumers"), number, sum, sumOf("rabbitmq_queue_consumers") },
            } },
        { "postgres", "PostgreSQL", "pg_stat_database_xact_commit", "pg_", "bv-data",
            {
                { QT_TR_NOOP("tx/s"), perSecond, sum, rateOf("pg_stat_database_xact_commit") + " + " + rateOf("pg_stat_database_xact_rollback") },
                { QT_TR_NOOP("connections"), number, sum, sumOf("pg_stat_database_numbackends") },
                { QT_TR_NOOP("cache hits"), ratio, lowest, shareOf("pg_stat_database_blks_hit", "pg_stat_database_blks_read") },
                { QT_TR_NOOP("longest"), seconds, highest, highestOf("pg_stat_activity_max_tx_duration{state!=\"idle\"}") },
                { QT_TR_NOOP("size"), bytes, sum, sumOf("pg_database_size_bytes") },
            } },
        { "mysql", "MySQL", "mysql_global_status_queries", "mysql_", "",
            {
                { QT_TR_NOOP("queries/s"), perSecond, sum, rateOf("mysql_global_status_queries") },
                { QT_TR_NOOP("connections"), number, sum, sumOf("mysql_global_status_threads_connected") },
                { QT_TR_NOOP("slow/s"), perSecond, sum, rateOf("mysql_global_status_slow_queries") },
            } },
        { "redis", "Redis", "redis_commands_processed_total", "redis_", "bv-data",
            {
                { QT_TR_NOOP("commands/s"), perSecond, sum, rateOf("redis_commands_processed_total") },
                { QT_TR_NOOP("memory"), bytes, sum, sumOf("redis_memory_used_bytes") },
                { QT_TR_NOOP("clients"), number, sum, sumOf("redis_connected_clients") },
                { QT_TR_NOOP("cache hits"), ratio, lowest, shareOf("redis_keyspace_hits_total", "redis_keyspace_misses_total") },
                { QT_TR_NOOP("evicted/s"), perSecond, sum, rateOf("redis_evicted_keys_total") },
            } },
        { "nginx", "nginx", "nginx_http_requests_total", "nginx_", "",
            {
                { QT_TR_NOOP("requests/s"), perSecond, sum, rateOf("nginx_http_requests_total") },
                { QT_TR_NOOP("connections"), number, sum, sumOf("nginx_connections_active") },
                { QT_TR_NOOP("dropped/s"), perSecond, sum, rateOf("nginx_connections_accepted") + " - " + rateOf("nginx_connections_handled") },
            } },
        { "node", QT_TR_NOOP("machine"), "node_time_seconds", "node_", "bv-system",
            {
                { QT_TR_NOOP("CPU"), ratio, highest, "1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))" },
                { QT_TR_NOOP("memory"), ratio, highest, "1 - " + sumOf("node_memory_MemAvailable_bytes") + " / " + sumOf("node_memory_MemTotal_bytes"), 0.95, 0.99 },
                { QT_TR_NOOP("fullest disk"), ratio, highest, "1 - min by (job, instance) (node_filesystem_avail_bytes{fstype!~\"tmpfs|overlay|squashfs|ramfs\"} / node_filesystem_size_bytes)", 0.92, 0.97 },
                { QT_TR_NOOP("network"), bytesPerSecond, sum, rateOf("node_network_receive_bytes_total{device!=\"lo\"}") + " + " + rateOf("node_network_transmit_bytes_total{device!=\"lo\"}") },
                { QT_TR_NOOP("load"), number, highest, highestOf("node_load1") },
            } },
        { "belvedere", QT_TR_NOOP("this program"), "belvedere_metrics_samples_appended_total", "belvedere_", "",
            {
                { QT_TR_NOOP("samples/s"), perSecond, sum, rateOf("belvedere_metrics_samples_appended_total") },
                { QT_TR_NOOP("lines/s"), perSecond, sum, rateOf("belvedere_logs_entries_appended_total") },
                { QT_TR_NOOP("series"), number, sum, sumOf("belvedere_metrics_series") },
                { QT_TR_NOOP("memory"), bytes, sum, sumOf("process_resident_memory_bytes") },
            } },
        { "process", "", "process_resident_memory_bytes", "", "",
            {
                { QT_TR_NOOP("CPU"), ratio, sum, rateOf("process_cpu_seconds_total") },
                { QT_TR_NOOP("memory"), bytes, sum, sumOf("process_resident_memory_bytes") },
                { QT_TR_NOOP("open files"), number, sum, sumOf("process_open_fds") },
            } },
        { "scrape", "", "scrape_samples_scraped", "", "",
            {
                { QT_TR_NOOP("samples"), number, sum, sumOf("scrape_samples_scraped") },
                { QT_TR_NOOP("answers in"), seconds, highest, highestOf("scrape_duration_seconds") },
            } },
    };
    return kKinds;
}

std::string markerQuery()
{
    std::string names;
    for (const auto& kind : ServiceKind::all())
        names += (names.empty() ? "" : "|") + std::string(kind.marker);
    return "group by (job, instance, __name__) ({__name__=~\"" + names + "\"})";
}

QString figureCaption(const FigureSpec& figure) { return ServiceKind::tr(figure.caption); }

QString figureText(FigureUnit unit, double value)
{
    switch (unit) {
    case FigureUnit::number:
    case FigureUnit::perSecond:
        break;
    case FigureUnit::ratio:
        return percentText(value);
    case FigureUnit::seconds:
        return durationText(value);
    case FigureUnit::bytes:
        return bytesText(value);
    case FigureUnit::bytesPerSecond:
        return QStringLiteral("%1/s").arg(bytesText(value));
    }
    return compactNumber(value);
}

}
