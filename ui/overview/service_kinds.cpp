#include "ui/overview/service_kinds.h"

#include "ui/format.h"

#include <QCoreApplication>

namespace belvedere::ui {

namespace {

    // Names as the usual exporters and instrumentations write them. Each expression is one query for all targets of its
    // kind; kinds that no target is of are not asked for.
    const std::vector<ServiceKind>& kinds()
    {
        using enum FigureSpec::Merge;
        using enum FigureUnit;
        static const std::vector<ServiceKind> kKinds {
            { "http", "HTTP", "http_requests_total", "", "bv-api",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "requests/s"), perSecond, sum, "sum by (job, instance) (rate(http_requests_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "errors"), ratio, highest,
                        "(sum by (job, instance) (rate(http_requests_total{status=~\"5..\"}[5m])) or sum by (job, instance) (rate(http_requests_total{code=~\"5..\"}[5m]))"
                        " or 0 * sum by (job, instance) (rate(http_requests_total[5m]))) / sum by (job, instance) (rate(http_requests_total[5m]))",
                        0.01, 0.05 },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "p95"), seconds, highest, "histogram_quantile(0.95, sum by (job, instance, le) (rate(http_request_duration_seconds_bucket[5m])))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "in progress"), number, sum, "sum by (job, instance) (http_requests_inprogress)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "memory"), bytes, sum, "sum by (job, instance) (process_resident_memory_bytes)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "CPU"), ratio, sum, "sum by (job, instance) (rate(process_cpu_seconds_total[5m]))" },
                } },
            { "otelHttp", "HTTP", "http_server_request_duration_seconds_count", "http_server_", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "requests/s"), perSecond, sum, "sum by (job, instance) (rate(http_server_request_duration_seconds_count[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "errors"), ratio, highest,
                        "(sum by (job, instance) (rate(http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}[5m]))"
                        " or 0 * sum by (job, instance) (rate(http_server_request_duration_seconds_count[5m])))"
                        " / sum by (job, instance) (rate(http_server_request_duration_seconds_count[5m]))",
                        0.01, 0.05 },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "p95"), seconds, highest, "histogram_quantile(0.95, sum by (job, instance, le) (rate(http_server_request_duration_seconds_bucket[5m])))" },
                } },
            { "httpDuration", "HTTP", "http_request_duration_seconds_count", "", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "requests/s"), perSecond, sum, "sum by (job, instance) (rate(http_request_duration_seconds_count[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "p95"), seconds, highest, "histogram_quantile(0.95, sum by (job, instance, le) (rate(http_request_duration_seconds_bucket[5m])))" },
                } },
            { "celery", "Celery", "celery_task_received_total", "celery_", "bv-celery",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "tasks/s"), perSecond, sum, "sum by (job, instance) (rate(celery_task_succeeded_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "failed"), ratio, highest,
                        "sum by (job, instance) (rate(celery_task_failed_total[5m])) / (sum by (job, instance) (rate(celery_task_failed_total[5m])) + sum by (job, instance) (rate(celery_task_succeeded_total[5m])))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "waiting"), number, sum, "sum by (job, instance) (celery_queue_length)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "workers up"), number, sum, "sum by (job, instance) (celery_worker_up)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "retried/s"), perSecond, sum, "sum by (job, instance) (rate(celery_task_retried_total[5m]))" },
                } },
            { "kafka", "Kafka", "kafka_consumergroup_lag", "kafka_", "bv-kafka",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "lag"), number, sum, "sum by (job, instance) (kafka_consumergroup_lag)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "written/s"), perSecond, sum, "sum by (job, instance) (rate(kafka_topic_partition_current_offset[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "read/s"), perSecond, sum, "sum by (job, instance) (rate(kafka_consumergroup_current_offset[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "brokers"), number, highest, "max by (job, instance) (kafka_brokers)" },
                } },
            { "rabbitmq", "RabbitMQ", "rabbitmq_queue_messages_ready", "rabbitmq_", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "waiting"), number, sum, "sum by (job, instance) (rabbitmq_queue_messages_ready)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "published/s"), perSecond, sum, "sum by (job, instance) (rate(rabbitmq_global_messages_received_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "unacknowledged"), number, sum, "sum by (job, instance) (rabbitmq_queue_messages_unacked)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "consumers"), number, sum, "sum by (job, instance) (rabbitmq_queue_consumers)" },
                } },
            { "postgres", "PostgreSQL", "pg_stat_database_xact_commit", "pg_", "bv-data",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "tx/s"), perSecond, sum,
                        "sum by (job, instance) (rate(pg_stat_database_xact_commit[5m])) + sum by (job, instance) (rate(pg_stat_database_xact_rollback[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "connections"), number, sum, "sum by (job, instance) (pg_stat_database_numbackends)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "cache hits"), ratio, lowest,
                        "sum by (job, instance) (rate(pg_stat_database_blks_hit[5m])) / (sum by (job, instance) (rate(pg_stat_database_blks_hit[5m])) + sum by (job, instance) (rate(pg_stat_database_blks_read[5m])))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "longest"), seconds, highest, "max by (job, instance) (pg_stat_activity_max_tx_duration{state!=\"idle\"})" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "size"), bytes, sum, "sum by (job, instance) (pg_database_size_bytes)" },
                } },
            { "mysql", "MySQL", "mysql_global_status_queries", "mysql_", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "queries/s"), perSecond, sum, "sum by (job, instance) (rate(mysql_global_status_queries[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "connections"), number, sum, "sum by (job, instance) (mysql_global_status_threads_connected)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "slow/s"), perSecond, sum, "sum by (job, instance) (rate(mysql_global_status_slow_queries[5m]))" },
                } },
            { "redis", "Redis", "redis_commands_processed_total", "redis_", "bv-data",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "commands/s"), perSecond, sum, "sum by (job, instance) (rate(redis_commands_processed_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "memory"), bytes, sum, "sum by (job, instance) (redis_memory_used_bytes)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "clients"), number, sum, "sum by (job, instance) (redis_connected_clients)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "cache hits"), ratio, lowest,
                        "sum by (job, instance) (rate(redis_keyspace_hits_total[5m])) / (sum by (job, instance) (rate(redis_keyspace_hits_total[5m])) + sum by (job, instance) (rate(redis_keyspace_misses_total[5m])))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "evicted/s"), perSecond, sum, "sum by (job, instance) (rate(redis_evicted_keys_total[5m]))" },
                } },
            { "nginx", "nginx", "nginx_http_requests_total", "nginx_", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "requests/s"), perSecond, sum, "sum by (job, instance) (rate(nginx_http_requests_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "connections"), number, sum, "sum by (job, instance) (nginx_connections_active)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "dropped/s"), perSecond, sum,
                        "sum by (job, instance) (rate(nginx_connections_accepted[5m])) - sum by (job, instance) (rate(nginx_connections_handled[5m]))" },
                } },
            { "node", QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "machine"), "node_time_seconds", "node_", "bv-system",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "CPU"), ratio, highest, "1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "memory"), ratio, highest, "1 - sum by (job, instance) (node_memory_MemAvailable_bytes) / sum by (job, instance) (node_memory_MemTotal_bytes)", 0.95, 0.99 },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "fullest disk"), ratio, highest,
                        "1 - min by (job, instance) (node_filesystem_avail_bytes{fstype!~\"tmpfs|overlay|squashfs|ramfs\"} / node_filesystem_size_bytes)", 0.92, 0.97 },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "network"), bytesPerSecond, sum,
                        "sum by (job, instance) (rate(node_network_receive_bytes_total{device!=\"lo\"}[5m])) + sum by (job, instance) (rate(node_network_transmit_bytes_total{device!=\"lo\"}[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "load"), number, highest, "max by (job, instance) (node_load1)" },
                } },
            { "belvedere", QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "this program"), "belvedere_metrics_samples_appended_total", "belvedere_", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "samples/s"), perSecond, sum, "sum by (job, instance) (rate(belvedere_metrics_samples_appended_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "lines/s"), perSecond, sum, "sum by (job, instance) (rate(belvedere_logs_entries_appended_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "series"), number, sum, "sum by (job, instance) (belvedere_metrics_series)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "memory"), bytes, sum, "sum by (job, instance) (process_resident_memory_bytes)" },
                } },
            { "process", "", "process_resident_memory_bytes", "", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "CPU"), ratio, sum, "sum by (job, instance) (rate(process_cpu_seconds_total[5m]))" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "memory"), bytes, sum, "sum by (job, instance) (process_resident_memory_bytes)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "open files"), number, sum, "sum by (job, instance) (process_open_fds)" },
                } },
            { "scrape", "", "scrape_samples_scraped", "", "",
                {
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "samples"), number, sum, "sum by (job, instance) (scrape_samples_scraped)" },
                    { QT_TRANSLATE_NOOP("belvedere::ui::ServiceKind", "answers in"), seconds, highest, "max by (job, instance) (scrape_duration_seconds)" },
                } },
        };
        return kKinds;
    }

}

std::span<const ServiceKind> serviceKinds() { return kinds(); }

std::string markerQuery()
{
    std::string names;
    for (const auto& kind : kinds())
        names += (names.empty() ? "" : "|") + std::string(kind.marker);
    return "group by (job, instance, __name__) ({__name__=~\"" + names + "\"})";
}

QString figureCaption(const FigureSpec& figure) { return QCoreApplication::translate("belvedere::ui::ServiceKind", figure.caption); }

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
