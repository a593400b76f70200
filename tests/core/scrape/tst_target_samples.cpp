#include "core/scrape/target_samples.h"

#include "core/model/sample.h"
#include "tests/support/memory_metric_sink.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <random>

using namespace belvedere;
using namespace Qt::StringLiterals;
using ingest::ExpositionFormat;
using scrape::SampleRules;
using scrape::TargetSamples;

namespace {

const model::Labels kTarget { { "instance", "host:1" }, { "job", "j" } };

std::shared_ptr<const SampleRules> rules(SampleRules rules = {}) { return std::make_shared<const SampleRules>(std::move(rules)); }

/// One target whose scrapes are a second apart.
struct Scraper {
    explicit Scraper(SampleRules sampleRules = {})
        : samples(sink, kTarget, rules(std::move(sampleRules)))
    {
    }

    TargetSamples::Outcome take(std::string_view body, ExpositionFormat format = ExpositionFormat::text)
    {
        batch = {};
        batch.timeMs = now += 1000;
        return samples.take(body, format, batch);
    }

    /// Series of the batch as text, "stale" for stale markers.
    std::map<std::string, std::string> result() const
    {
        std::map<std::string, std::string> out;
        const auto add = [&](model::SeriesId id, double value, const std::string& suffix) {
            out[sink.labels(id).toString()] = (model::isStale(value) ? "stale" : QString::number(value).toStdString()) + suffix;
        };
        for (std::size_t i = 0; i < batch.series.size(); ++i)
            add(batch.series[i], batch.values[i], "");
        for (const auto& timed : batch.timed)
            add(timed.series, timed.sample.value, "@" + std::to_string(timed.sample.timeMs));
        return out;
    }

    test::MemoryMetricSink sink;
    TargetSamples samples;
    model::MetricBatch batch;
    std::int64_t now = 1'000'000;
};

using Map = std::map<std::string, std::string>;
std::string named(const char* metric, const char* more = "") { return std::string(metric) + "{" + more + "instance=\"host:1\", job=\"j\"}"; }

ingest::Relabeler relabeler(std::vector<ingest::RelabelConfig> configs) { return *ingest::Relabeler::compile(configs); }

}

class TestTargetSamples : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsTheTargetsLabels()
    {
        Scraper scraper;
        const auto outcome = scraper.take("a 1\nb{x=\"y\"} 2\n");
        QCOMPARE(outcome.error, "");
        QCOMPARE(outcome.scraped, 2U);
        QCOMPARE(outcome.kept, 2U);
        QCOMPARE(outcome.added, 2U);
        QCOMPARE(scraper.result(), (Map { { named("a"), "1" }, { "b{instance=\"host:1\", job=\"j\", x=\"y\"}", "2" } }));
    }

    void asksTheStoreForASeriesOnlyOnce()
    {
        Scraper scraper;
        (void)scraper.take("a 1\nb 2\nc 3\n");
        (void)scraper.take("a 4\nb 5\nc 6\n");
        const auto outcome = scraper.take("c 7\n# TYPE a counter\na 8\nb 9\n"); // another order
        QCOMPARE(scraper.sink.lookups(), 3U);
        QCOMPARE(outcome.added, 0U);
        QCOMPARE(scraper.result(), (Map { { named("a"), "8" }, { named("b"), "9" }, { named("c"), "7" } }));
    }

    void vanishedSeriesGetAStaleMarkerOnce()
    {
        Scraper scraper;
        (void)scraper.take("a 1\nb 2\n");
        (void)scraper.take("a 3\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "3" }, { named("b"), "stale" } }));
        (void)scraper.take("a 4\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "4" } }));
        const auto outcome = scraper.take("a 5\nb 6\n");
        QCOMPARE(outcome.added, 1U); // it came back
        QCOMPARE(scraper.result(), (Map { { named("a"), "5" }, { named("b"), "6" } }));
    }

    void aBadLineFailsTheWholeScrape()
    {
        Scraper scraper;
        (void)scraper.take("a 1\nb 2\n");
        const auto outcome = scraper.take("a 3\nnew 1\nb x\n");
        QCOMPARE(outcome.error, "line 3: \"x\" is not a number for \"b\"");
        QCOMPARE(outcome.scraped, 2U);
        QCOMPARE(outcome.added, 0U);
        QCOMPARE(scraper.result(), (Map { { named("a"), "stale" }, { named("b"), "stale" } }));
        QCOMPARE(scraper.take("a 4\nb 5\n").added, 0U);
        QCOMPARE(scraper.result(), (Map { { named("a"), "4" }, { named("b"), "5" } }));
    }

    void noAnswerMakesEverythingStaleOnce()
    {
        Scraper scraper;
        (void)scraper.take("a 1\n");
        scraper.batch = {};
        scraper.samples.takeNothing(scraper.batch);
        QCOMPARE(scraper.result(), (Map { { named("a"), "stale" } }));
        scraper.batch = {};
        scraper.samples.takeNothing(scraper.batch);
        QCOMPARE(scraper.result(), Map());
    }

    void samplesWithTheirOwnTimeNeverBecomeStale()
    {
        Scraper scraper;
        (void)scraper.take("a 1 1000500\nb 2\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "1@1000500" }, { named("b"), "2" } }));
        (void)scraper.take("b 2\n");
        QCOMPARE(scraper.result(), (Map { { named("b"), "2" } }));
        const auto outcome = scraper.take("a 1 9999999999\n");
        QCOMPARE(outcome.tooNew, 1U);
        QCOMPARE(scraper.result(), (Map { { named("b"), "stale" } }));
    }

    void honorTimestampsOffUsesTheScrapesTime()
    {
        Scraper scraper({ .honorTimestamps = false });
        (void)scraper.take("a 1 1000500\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "1" } }));
    }

    void conflictingLabelsAreExported()
    {
        Scraper scraper;
        (void)scraper.take("a{job=\"mine\",exported_job=\"taken\"} 1\n");
        QCOMPARE(scraper.result(), (Map { { "a{exported_exported_job=\"mine\", exported_job=\"taken\", instance=\"host:1\", job=\"j\"}", "1" } }));
    }

    void honorLabelsLetsTheScrapedOneWin()
    {
        Scraper scraper({ .honorLabels = true });
        (void)scraper.take("a{job=\"mine\",instance=\"\"} 1\nb 2\n");
        QCOMPARE(scraper.result(), (Map { { "a{job=\"mine\"}", "1" }, { named("b"), "2" } }));
    }

    void metricRelabellingDropsAndRenames()
    {
        Scraper scraper({ .relabelling = relabeler({ { .sourceLabels = { "__name__" }, .regex = "secret_.*", .action = "drop" },
                              { .sourceLabels = { "__name__" }, .regex = "old", .targetLabel = "__name__", .replacement = "new" } }) });
        for (int i = 0; i < 2; ++i) {
            const auto outcome = scraper.take("secret_x 1\nold 2\n");
            QCOMPARE(outcome.scraped, 2U);
            QCOMPARE(outcome.kept, 1U);
            QCOMPARE(scraper.result(), (Map { { named("new"), "2" } }));
        }
        QCOMPARE(scraper.sink.lookups(), 1U);
    }

    void seriesThatRelabellingMakesEqualCountOnce()
    {
        Scraper scraper({ .relabelling = relabeler({ { .regex = "x", .action = "labeldrop" } }) });
        (void)scraper.take("a{x=\"1\"} 1\na{x=\"2\"} 2\n");
        QCOMPARE(scraper.batch.series.size(), 1U);
        QCOMPARE(scraper.result(), (Map { { named("a"), "1" } }));
        (void)scraper.take("a{x=\"2\"} 3\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "3" } }));
        (void)scraper.take("b 1\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "stale" }, { named("b"), "1" } }));
    }

    void anyOrderGivesTheSame()
    {
        std::vector<std::string> lines;
        for (int i = 0; i < 300; ++i)
            lines.push_back("m{n=\"" + std::to_string(i) + "\"} " + std::to_string(i) + "\n");
        Scraper scraper;
        std::minstd_rand random(7);
        for (int round = 0; round < 20; ++round) {
            // Some come, some go, and all change places now and then.
            if (round % 3 == 2)
                std::ranges::shuffle(lines, random);
            std::string body;
            Map expected;
            for (std::size_t i = 0; i < lines.size(); ++i) {
                if (random() % 10 == 0)
                    continue;
                body += lines[i];
                const auto number = lines[i].substr(5, lines[i].find('"', 5) - 5);
                expected["m{instance=\"host:1\", job=\"j\", n=\"" + number + "\"}"] = number;
            }
            QCOMPARE(scraper.take(body).error, "");
            auto result = scraper.result();
            std::erase_if(result, [](const auto& item) { return item.second == "stale"; });
            QCOMPARE(result, expected);
            QCOMPARE(scraper.samples.seriesCount(), expected.size());
        }
        QCOMPARE(scraper.sink.lookups(), 300U);
    }

    void limitsFailTheScrape_data()
    {
        QTest::addColumn<ingest::ScrapeLimits>("limits");
        QTest::addColumn<QString>("error");
        QTest::newRow("samples") << ingest::ScrapeLimits { .samples = 1 } << u"sample limit exceeded: 2 samples after relabelling, sample_limit is 1"_s;
        QTest::newRow("labels") << ingest::ScrapeLimits { .labels = 3 } << u"label_limit exceeded (metric: b, number of labels: 4, limit: 3)"_s;
        QTest::newRow("name") << ingest::ScrapeLimits { .labelNameLength = 9 } << u"label_name_length_limit exceeded (metric: b, label name: long_label, length: 10, limit: 9)"_s;
        QTest::newRow("value") << ingest::ScrapeLimits { .labelValueLength = 8 } << u"label_value_length_limit exceeded (metric: b, label name: long_label, value: \"long value\", length: 10, limit: 8)"_s;
    }
    void limitsFailTheScrape()
    {
        QFETCH(ingest::ScrapeLimits, limits);
        QFETCH(QString, error);
        Scraper scraper({ .limits = limits });
        QCOMPARE(QString::fromStdString(scraper.take("a 1\nb{long_label=\"long value\"} 2\n").error), error);
        QCOMPARE(scraper.result(), Map());
    }

    void reportsFiveSeries()
    {
        Scraper scraper;
        auto outcome = scraper.take("a 1\nb 2\n");
        QVERIFY(scraper.samples.report(true, 0.25, outcome, scraper.batch));
        QCOMPARE(scraper.result(), (Map { { named("a"), "1" }, { named("b"), "2" }, { named("up"), "1" }, { named("scrape_duration_seconds"), "0.25" },
            { named("scrape_samples_scraped"), "2" }, { named("scrape_samples_post_metric_relabeling"), "2" }, { named("scrape_series_added"), "2" } }));
        scraper.batch = {};
        scraper.samples.end(scraper.batch);
        QCOMPARE(scraper.batch.series.size(), 7U);
        for (const double value : scraper.batch.values)
            QVERIFY(model::isStale(value));
    }

    void aServedUpDoesNotHideTheReportedOne()
    {
        Scraper scraper({ .honorLabels = true });
        const auto outcome = scraper.take("up{job=\"j\",instance=\"host:1\"} 7\n");
        QVERIFY(scraper.samples.report(true, 0.25, outcome, scraper.batch));
        QCOMPARE(scraper.batch.series.size(), 5U);
        QCOMPARE(scraper.result().at(named("up")), "1");
    }

    void metadataComeWhenNewOrChanged()
    {
        Scraper scraper;
        (void)scraper.take("# HELP a First\\nline.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n");
        QCOMPARE(scraper.batch.metadata, (std::vector<model::MetricMetadata> { { "a", "counter", "First\nline.", "" }, { "b", "gauge", "", "" } }));
        (void)scraper.take("# HELP a First\\nline.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n");
        QVERIFY(scraper.batch.metadata.empty());
        (void)scraper.take("# HELP a First\\nline.\n# TYPE a counter\na 1\n# TYPE b counter\nb 1\n");
        QCOMPARE(scraper.batch.metadata, (std::vector<model::MetricMetadata> { { "b", "counter", "", "" } }));
    }

    void newRulesMakeStaleWhatDoesNotComeBack()
    {
        Scraper scraper;
        (void)scraper.take("a 1\nb 2\n");
        scraper.samples.setRules(rules({ .relabelling = relabeler({ { .sourceLabels = { "__name__" }, .regex = "b", .action = "drop" } }) }));
        (void)scraper.take("a 3\nb 4\n");
        QCOMPARE(scraper.result(), (Map { { named("a"), "3" }, { named("b"), "stale" } }));
    }

    void memoryIsBoundedWhenSeriesComeAndGo()
    {
        Scraper scraper;
        for (int i = 0; i < 5000; ++i) {
            const auto body = "a 1\nrequest{id=\"" + std::to_string(i) + "\"} 1\n";
            QCOMPARE(scraper.take(body).error, "");
            QCOMPARE(scraper.batch.series.size(), i == 0 ? 2U : 3U);
        }
        QCOMPARE(scraper.samples.seriesCount(), 2U);
    }
};

QTEST_GUILESS_MAIN(TestTargetSamples)
#include "tst_target_samples.moc"
