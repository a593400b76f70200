#include "app/own_metrics.h"

#include "app/version.h"

#include <string_view>

namespace belvedere::app {

void appendOwnMetrics(receive::MetricsText& metrics, const OwnFigures& figures)
{
    metrics.family("belvedere_build_info", "gauge", "Which Belvedere this is.");
    metrics.sample(1, { { "version", kVersion } });
    receive::appendProcessMetrics(metrics);
    receive::appendServerMetrics(metrics, figures.server);

    const auto stored = figures.metrics.stats();
    metrics.counter("belvedere_metrics_samples_appended_total", "Samples stored.", stored.appended);
    metrics.family("belvedere_metrics_samples_dropped_total", "counter", "Samples that were not stored, by reason.");
    metrics.sample(static_cast<double>(stored.outOfOrder), { { "reason", "out_of_order" } });
    metrics.sample(static_cast<double>(stored.duplicate), { { "reason", "duplicate" } });
    metrics.sample(static_cast<double>(stored.tooOld), { { "reason", "too_old" } });
    metrics.counter("belvedere_metrics_failed_batches_total", "Batches that could not be committed.", stored.failedBatches);
    metrics.counter("belvedere_metrics_commits_total", "Commits of the metrics store.", stored.commits);
    metrics.gauge("belvedere_metrics_series", "Series written to lately.", stored.activeSeries);
    metrics.gauge("belvedere_metrics_partitions", "Partitions of the metrics store.", stored.partitions);
    metrics.gauge("belvedere_metrics_queued_batches", "Batches that wait for the writer.", stored.queuedBatches);
    metrics.gauge("belvedere_metrics_used_bytes", "What the metrics store takes, without free pages.", stored.usedBytes);
    metrics.gauge("belvedere_metrics_file_bytes", "Size of the metrics store's file.", stored.fileBytes);
    if (stored.oldestMs)
        metrics.gauge("belvedere_metrics_oldest_sample_timestamp_seconds", "Time of the oldest sample, Unix time.", static_cast<double>(*stored.oldestMs) / 1000);
    if (stored.newestMs)
        metrics.gauge("belvedere_metrics_newest_sample_timestamp_seconds", "Time of the newest sample, Unix time.", static_cast<double>(*stored.newestMs) / 1000);

    const auto scraped = figures.scrape.counters();
    metrics.counter("belvedere_scrapes_total", "Scrapes made.", scraped.scrapes);
    metrics.counter("belvedere_scrapes_failed_total", "Scrapes that failed.", scraped.failures);
    metrics.counter("belvedere_scraped_samples_total", "Samples read from targets.", scraped.samples);
    metrics.family("belvedere_scraped_samples_dropped_total", "counter", "Samples read from targets and not stored, by reason.");
    metrics.sample(static_cast<double>(scraped.droppedSamples), { { "reason", "queue_full" } });
    metrics.sample(static_cast<double>(scraped.refusedSamples), { { "reason", "failed_commit" } });
    metrics.sample(static_cast<double>(scraped.tooNew), { { "reason", "too_new" } });

    const auto& ignored = figures.ignored;
    metrics.family("belvedere_exemplars_ignored_total", "counter", "Exemplars that came with samples and are not stored, by way.");
    metrics.sample(static_cast<double>(scraped.exemplars), { { "way", "scrape" } });
    metrics.sample(static_cast<double>(ignored.exemplars), { { "way", "push" } });
    metrics.counter("belvedere_native_histograms_ignored_total", "Samples of native histograms that were pushed and are not stored.", ignored.histograms);
    metrics.counter("belvedere_pushed_series_refused_total", "Series of pushes that were refused because their labels are not valid.", ignored.series);

    const auto kept = figures.logs.stats();
    metrics.counter("belvedere_logs_entries_appended_total", "Lines stored.", kept.appendedEntries);
    metrics.counter("belvedere_logs_appended_bytes_total", "Text of the lines stored.", kept.appendedTextBytes);
    metrics.family("belvedere_logs_entries_dropped_total", "counter", "Lines that were not stored, by reason.");
    metrics.sample(static_cast<double>(kept.duplicateEntries), { { "reason", "duplicate" } });
    metrics.sample(static_cast<double>(kept.tooOldEntries), { { "reason", "too_old" } });
    metrics.counter("belvedere_logs_failed_commits_total", "Commits of the log store that failed.", kept.failedCommits);
    metrics.counter("belvedere_logs_commits_total", "Commits of the log store.", kept.commits);
    metrics.gauge("belvedere_logs_streams", "Streams known.", kept.streams);
    metrics.gauge("belvedere_logs_chunks", "Chunks stored.", kept.chunks);
    metrics.gauge("belvedere_logs_queued_bytes", "Text that waits for the writer.", kept.queuedTextBytes);
    metrics.gauge("belvedere_logs_used_bytes", "What the log store takes, without free pages.", kept.usedBytes);
    metrics.gauge("belvedere_logs_file_bytes", "Size of the log store's file.", kept.fileBytes);

    const auto& docker = figures.collectors.dockerCounters();
    metrics.gauge("belvedere_docker_connected", "Whether Docker answers: 1 or 0.", docker.connected ? 1 : 0);
    metrics.gauge("belvedere_docker_containers", "Containers that Docker knows.", docker.containers.load());
    metrics.gauge("belvedere_docker_containers_followed", "Containers whose logs are read.", docker.followed.load());
    metrics.counter("belvedere_docker_lines_total", "Lines of containers stored.", docker.lines.load());
    metrics.counter("belvedere_docker_connections_total", "Connections to Docker's events; each after the first means that it was away.", docker.connections.load());
    metrics.counter("belvedere_docker_errors_total", "Readings of a container's log that failed.", docker.errors.load());

    const auto& files = figures.collectors.tailCounters();
    metrics.gauge("belvedere_tail_files", "Log files that are followed.", files.files.load());
    metrics.gauge("belvedere_tail_files_unusable", "Log files that cannot be read.", files.unusable.load());
    metrics.counter("belvedere_tail_lines_total", "Lines of files stored.", files.lines.load());
    metrics.counter("belvedere_tail_read_bytes_total", "Text of the files that is stored, unpacked.", files.bytes.load());
    metrics.counter("belvedere_tail_cut_lines_total", "Lines that were longer than allowed and lost their ends.", files.cutLines.load());
    metrics.family("belvedere_tail_rotations_total", "counter", "Files that were renamed, truncated or removed by others.");
    metrics.sample(static_cast<double>(files.renamed), { { "how", "renamed" } });
    metrics.sample(static_cast<double>(files.truncated), { { "how", "truncated" } });
    metrics.sample(static_cast<double>(files.removed), { { "how", "removed" } });
    metrics.counter("belvedere_tail_errors_total", "Readings of a file that failed.", files.errors.load());

    const auto evaluated = figures.rules.counters();
    metrics.counter("belvedere_rule_group_evaluations_total", "Evaluations of rule groups.", evaluated.evaluations);
    metrics.counter("belvedere_rule_evaluation_failures_total", "Rules whose evaluation failed.", evaluated.failures);
    metrics.counter("belvedere_rule_group_iterations_missed_total", "Evaluations skipped because the one before took too long.", evaluated.missed);

    metrics.counter("belvedere_config_reloads_total", "Configurations taken over while running.", figures.reloads);
    metrics.counter("belvedere_config_failed_reloads_total", "Changed configurations that had faults.", figures.failedReloads);
}

}
