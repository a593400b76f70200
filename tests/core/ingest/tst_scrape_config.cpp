#include "core/ingest/scrape_config.h"

#include <gtest/gtest.h>

namespace belvedere::ingest {
namespace {

ScrapeJob job() { return { .name = "node" }; }

Result<std::optional<RelabelledTarget>> target(const ScrapeJob& config, const std::string& address, std::vector<model::Label> labels = {})
{
    return relabelTarget(config, *Relabeler::compile(config.relabelConfigs), discoveredLabels(config, address, labels));
}

TEST(ScrapeTarget, hasJobAndInstanceAndNothingInternal)
{
    const auto made = target(job(), "host:9100", { { "env", "dev" }, { "__meta_x", "y" } });
    ASSERT_TRUE(made && *made);
    EXPECT_EQ((*made)->labels, (model::Labels { { "env", "dev" }, { "instance", "host:9100" }, { "job", "node" } }));
    EXPECT_EQ((*made)->url, "http://host:9100/metrics");
    EXPECT_EQ((*made)->intervalMs, 60'000);
    EXPECT_EQ((*made)->timeoutMs, 10'000);
}

TEST(ScrapeTarget, discoveredLabelsShowWhatRelabellingSees)
{
    auto config = job();
    config.params = { { "module", { "http_2xx" } } };
    EXPECT_EQ(discoveredLabels(config, "host:9100", { { "job", "mine" } }),
        (model::Labels { { "__address__", "host:9100" }, { "__metrics_path__", "/metrics" }, { "__param_module", "http_2xx" }, { "__scheme__", "http" },
            { "__scrape_interval__", "1m" }, { "__scrape_timeout__", "10s" }, { "job", "mine" } }));
}

TEST(ScrapeTarget, relabellingMovesTheAddressAsForBlackboxProbes)
{
    auto config = job();
    config.metricsPath = "/probe";
    config.params = { { "module", { "http_2xx", "second" } } };
    config.relabelConfigs = {
        { .sourceLabels = { "__address__" }, .targetLabel = "__param_target" },
        { .sourceLabels = { "__param_target" }, .targetLabel = "instance" },
        { .targetLabel = "__address__", .replacement = "blackbox:9115" },
    };
    const auto made = target(config, "example.org:80/a b?c");
    ASSERT_TRUE(made && *made) << (made ? "dropped" : made.error().message);
    EXPECT_EQ((*made)->url, "http://blackbox:9115/probe?module=http_2xx&module=second&target=example.org%3A80%2Fa%20b%3Fc");
    EXPECT_EQ((*made)->labels.get("instance"), "example.org:80/a b?c");
}

TEST(ScrapeTarget, isDroppedByRules)
{
    auto config = job();
    config.relabelConfigs = { { .sourceLabels = { "env" }, .regex = "prod", .action = "keep" } };
    const auto made = target(config, "host:9100", { { "env", "dev" } });
    ASSERT_TRUE(made);
    EXPECT_FALSE(*made);
}

TEST(ScrapeTarget, saysWhyItCannotBeScraped)
{
    EXPECT_EQ(target(job(), "http://host:9100/metrics").error().message,
        "\"http://host:9100/metrics\" is not a valid address; write host:port, and put the path into metrics_path and http or https into scheme");
    EXPECT_EQ(target(job(), "").error().message, "the target has no address: __address__ is empty after relabelling");
    EXPECT_EQ(target(job(), "a:1", { { "__scrape_interval__", "5s" } }).error().message, "scrape timeout cannot be greater than scrape interval (10s > 5s)");
}

TEST(ScrapeJobValidation, namesTheJob)
{
    EXPECT_TRUE(validate(job()));
    auto config = job();
    config.timeoutMs = 61'000;
    EXPECT_EQ(validate(config).error().message, "scrape job 'node': scrape_timeout 1m1s is greater than scrape_interval 1m; lower the timeout");
    config = job();
    config.scheme = "ftp";
    EXPECT_EQ(validate(config).error().message, "scrape job 'node': scheme 'ftp' is neither http nor https");
    config = job();
    config.metricRelabelConfigs = { { .targetLabel = "a" }, { .regex = "(" } };
    EXPECT_EQ(validate(config).error().message, "scrape job 'node': metric_relabel_configs: relabel rule 2: replace needs a target_label");
}

}
}
