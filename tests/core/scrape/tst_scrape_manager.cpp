#include "core/scrape/scrape_manager.h"

#include "core/base/text.h"
#include "core/model/sample.h"
#include "tests/support/canned_http_server.h"
#include "tests/support/folders.h"
#include "tests/support/memory_metric_sink.h"
#include "tests/support/temporary_folder.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <simdjson.h>
#include <zlib.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <set>

using namespace belvedere;
using namespace Qt::StringLiterals;
using ingest::ScrapeJob;
using test::CannedHttpServer;
using Health = model::TargetStatus::Health;

namespace {

constexpr const char* kText = "text/plain; version=0.0.4; charset=utf-8";

CannedHttpServer::Answer metrics(const QByteArray& body) { return { .headers = { { "Content-Type", kText } }, .body = body }; }

QByteArray gzipped(const QByteArray& text)
{
    z_stream z {};
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&z, static_cast<unsigned long>(text.size())) + 64), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<unsigned>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<unsigned>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(static_cast<qsizetype>(z.total_out));
    deflateEnd(&z);
    return out;
}

ScrapeJob jobFor(const std::string& name, const std::string& address)
{
    return { .name = name, .intervalMs = 3'600'000, .timeoutMs = 5'000, .staticTargets = { { .targets = { address } } } };
}

std::string oneTarget(const std::string& address, const std::string& name, const std::string& value)
{
    return "[{\"targets\": [\"" + address + "\"], \"labels\": {\"" + name + "\": \"" + value + "\"}}]";
}

/// Waits in append() until it is let go.
class StuckSink final : public model::MetricSink {
public:
    Result<model::SeriesId> seriesId(const model::Labels& labels) override { return m_sink.seriesId(labels); }
    Result<model::GroupId> groupId(std::string_view name) override { return m_sink.groupId(name); }
    void append(model::MetricBatch, Committed) override
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_free; });
    }
    void release()
    {
        const std::scoped_lock lock(m_mutex);
        m_free = true;
        m_changed.notify_all();
    }

private:
    test::MemoryMetricSink m_sink;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_free = false; // guarded by m_mutex
};

}

class TestScrapeManager : public QObject {
    Q_OBJECT

    NullLogger m_logger;
    SystemClock m_clock;

    static const model::TargetStatus* find(const model::TargetList& list, const std::string& job)
    {
        const auto at = std::ranges::find(list.active, job, &model::TargetStatus::job);
        return at == list.active.end() ? nullptr : &*at;
    }

    static Health healthOf(const scrape::ScrapeManager& manager, const std::string& job)
    {
        const auto list = manager.targets();
        const auto* const target = find(*list, job);
        return target ? target->health : Health::unknown;
    }

    static std::string errorOf(const scrape::ScrapeManager& manager, const std::string& job)
    {
        const auto list = manager.targets();
        const auto* const target = find(*list, job);
        return target ? target->error : "";
    }

    static model::Labels series(const std::string& name, const std::string& job, const std::string& instance)
    {
        return { { "__name__", name }, { "instance", instance }, { "job", job } };
    }

private Q_SLOTS:
    void storesWhatATargetServes()
    {
        CannedHttpServer server([](const auto&) { return metrics("# TYPE a counter\na 1\nb{x=\"y\"} 2\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QSignalSpy changed(&manager, &scrape::ScrapeManager::targetsChanged);
        QVERIFY(manager.setConfig({ jobFor("node", server.address()) }));
        QTRY_COMPARE(healthOf(manager, "node"), Health::up);
        QVERIFY(!changed.isEmpty());

        const auto list = manager.targets();
        const auto* const target = find(*list, "node");
        QCOMPARE(target->url, "http://" + server.address() + "/metrics");
        QCOMPARE(target->samplesScraped, 2U);
        QCOMPARE(target->error, "");
        QCOMPARE(target->labels, (model::Labels { { "instance", server.address() }, { "job", "node" } }));
        QCOMPARE(target->discoveredLabels.get("__address__"), server.address());
        QVERIFY(target->lastScrapeMs != 0 && target->lastDurationSeconds > 0);

        QTRY_COMPARE(sink.samples(series("up", "node", server.address())).size(), 1U);
        QCOMPARE(sink.samples(series("a", "node", server.address())).front().value, 1.0);
        QCOMPARE(sink.samples(series("scrape_samples_scraped", "node", server.address())).front().value, 2.0);
        QCOMPARE(sink.groupCount(), 1U);
        QCOMPARE(sink.metadata(), (std::vector<model::MetricMetadata> { { "a", "counter", "", "" } }));

        const auto& headers = server.requests().front().headers;
        QVERIFY(headers.value("accept").startsWith("application/openmetrics-text;version=1.0.0"));
        QCOMPARE(headers.value("accept-encoding"), QByteArray("gzip"));
        QCOMPARE(headers.value("x-prometheus-scrape-timeout-seconds"), QByteArray("5"));
    }

    void sendsCredentialsHeadersAndParameters()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto basic = jobFor("basic", server.address());
        basic.authorization.basicUser = "user";
        basic.authorization.basicPassword = "pass";
        auto bearer = jobFor("bearer", server.address());
        bearer.authorization.credentials = "token";
        bearer.headers = { { "X-Scope", "me" } };
        bearer.metricsPath = "/probe";
        bearer.params = { { "module", { "http 2xx" } } };
        QVERIFY(manager.setConfig({ basic, bearer }));
        QTRY_COMPARE(server.requests().size(), 2);
        for (const auto& request : server.requests()) {
            if (request.target == "/metrics") {
                QCOMPARE(request.headers.value("authorization"), QByteArray("Basic dXNlcjpwYXNz"));
                continue;
            }
            QCOMPARE(request.target, QByteArray("/probe?module=http%202xx"));
            QCOMPARE(request.headers.value("authorization"), QByteArray("Bearer token"));
            QCOMPARE(request.headers.value("x-scope"), QByteArray("me"));
        }
    }

    void everyMalformedFileGetsPrometheusVerdict()
    {
        const auto folder = QString::fromStdString((test::sourceFolder() / "tests/conformance/promql/malformed/").string());
        QFile json(folder + QStringLiteral("expected.json"));
        QVERIFY(json.open(QIODevice::ReadOnly));
        simdjson::dom::parser reader;
        simdjson::dom::element expected;
        QCOMPARE(reader.parse(json.readAll().toStdString()).get(expected), simdjson::SUCCESS);

        QHash<QByteArray, CannedHttpServer::Answer> answers;
        CannedHttpServer server([&](const CannedHttpServer::Request& request) { return answers.value(request.target); });
        std::vector<ScrapeJob> jobs;
        const auto now = m_clock.nowMs();
        for (const auto row : expected.get_array()) {
            const std::string file(row["file"].get_string().value());
            QFile body(folder + QString::fromStdString(file));
            QVERIFY(body.open(QIODevice::ReadOnly));
            CannedHttpServer::Answer answer;
            answer.body = body.readAll();
            answer.body.replace("@NOWMS+1200000@", QByteArray::number(static_cast<qint64>(now + 1'200'000)));
            answer.body.replace("@NOWMS@", QByteArray::number(static_cast<qint64>(now)));
            answer.body.replace("@NOWS@", QByteArray::number(static_cast<double>(now) / 1000, 'f', 3));
            if (std::string_view type; row["content_type"].get_string().get(type) == simdjson::SUCCESS)
                answer.headers.emplaceBack("Content-Type", QByteArray::fromStdString(std::string(type)));
            auto job = jobFor(file.substr(0, file.find('.')), server.address());
            job.metricsPath = "/" + job.name;
            const auto how = row["server"].get_object();
            std::int64_t number = 0;
            if (how["status"].get_int64().get(number) == simdjson::SUCCESS) {
                answer.status = static_cast<int>(number);
                answer.reason = number == 404 ? "Not Found" : number == 204 ? "No Content" : "Internal Server Error";
            }
            if (how["length"].get_int64().get(number) == simdjson::SUCCESS)
                answer.claimedLength = number;
            if (how["delay"].get_int64().get(number) == simdjson::SUCCESS) {
                answer.delayMs = 60'000;
                job.timeoutMs = 300;
            }
            if (bool gzip = false; how["gzip"].get_bool().get(gzip) == simdjson::SUCCESS) {
                answer.body = gzipped(answer.body);
                answer.headers.emplaceBack("Content-Encoding", "gzip");
            }
            if (bool fake = false; how["fakegzip"].get_bool().get(fake) == simdjson::SUCCESS)
                answer.headers.emplaceBack("Content-Encoding", "gzip");
            if (simdjson::dom::object limits; how["limit"].get_object().get(limits) == simdjson::SUCCESS) {
                for (const auto limit : limits) {
                    std::string_view bytes;
                    const std::string key(limit.key);
                    const auto value = limit.value.get_int64().get(number) == simdjson::SUCCESS ? static_cast<std::size_t>(number) : 0U;
                    if (key == "sample_limit")
                        job.limits.samples = value;
                    else if (key == "label_limit")
                        job.limits.labels = value;
                    else if (key == "label_name_length_limit")
                        job.limits.labelNameLength = value;
                    else if (key == "label_value_length_limit")
                        job.limits.labelValueLength = value;
                    else if (key == "body_size_limit" && limit.value.get_string().get(bytes) == simdjson::SUCCESS)
                        job.limits.bodyBytes = static_cast<std::size_t>(*parseBytes(bytes));
                    else
                        QFAIL(key.c_str());
                }
            }
            answers.insert(QByteArray::fromStdString("/" + job.name), answer);
            jobs.push_back(std::move(job));
        }
        QCOMPARE(jobs.size(), 94U);

        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QVERIFY(manager.setConfig(jobs));
        const auto allScraped = [&] {
            const auto list = manager.targets();
            return list->active.size() == jobs.size() && std::ranges::all_of(list->active, [](const auto& target) { return target.lastScrapeMs != 0; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(allScraped(), 60'000);
        // On a busy machine the first targets come round again before the last; each batch has all of its scrape.
        QTRY_VERIFY(std::ranges::all_of(jobs, [&](const auto& job) { return !sink.samples(series("up", job.name, server.address())).empty(); }));

        const auto newest = sink.newest();
        const auto list = manager.targets();
        for (const auto row : expected.get_array()) {
            const std::string file(row["file"].get_string().value());
            const auto job = file.substr(0, file.find('.'));
            const auto* const target = find(*list, job);
            const auto where = file + ": " + target->error + "\nPrometheus: " + std::string(row["last_error"].get_string().value());
            const bool up = row["health"].get_string().value() == "up";
            QVERIFY2((target->health == Health::up) == up, where.c_str());
            QVERIFY2(target->error.empty() == up, where.c_str());
            const auto reported = [&](const char* name) { return formatValue(sink.samples(series(name, job, server.address())).front().value); };
            QVERIFY2(reported("up") == row["up"].get_string().value(), where.c_str());
            QVERIFY2(reported("scrape_samples_scraped") == row["samples_scraped"].get_string().value(), where.c_str());
            QVERIFY2(reported("scrape_samples_post_metric_relabeling") == row["samples_post_relabel"].get_string().value(), where.c_str());

            std::set<std::string> stored;
            const auto own = "job=\"" + job + "\"";
            for (const auto& [name, value] : newest) {
                if (name.contains(own) && !name.starts_with("up{") && !name.starts_with("scrape_"))
                    stored.insert(name + " " + formatValue(value));
            }
            std::set<std::string> wanted;
            for (const auto one : row["series"].get_array()) {
                std::vector<model::Label> labels { { "job", job }, { "instance", server.address() } };
                for (const auto field : one["metric"].get_object())
                    labels.push_back({ std::string(field.key), std::string(field.value.get_string().value()) });
                wanted.insert(model::Labels(labels).toString() + " " + std::string(one["value"].get_string().value()));
            }
            if (file.starts_with("33_")) // the store refuses what is too old
                std::erase_if(stored, [](const std::string& text) { return text.starts_with("ts_metric"); });
            QVERIFY2(stored == wanted, where.c_str());
        }
    }

    void errorsNameTheRemedy_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QString>("error");
        QTest::newRow("404") << 404 << QByteArray("Not Found") << u"server returned HTTP status 404 Not Found; check metrics_path of this scrape job"_s;
        QTest::newRow("401") << 401 << QByteArray("Unauthorized") << u"server returned HTTP status 401 Unauthorized; check basic_auth or authorization of this scrape job"_s;
        QTest::newRow("503") << 503 << QByteArray("Service Unavailable") << u"server returned HTTP status 503 Service Unavailable"_s;
    }
    void errorsNameTheRemedy()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        QFETCH(QString, error);
        CannedHttpServer server([&](const auto&) { return CannedHttpServer::Answer { .status = status, .reason = reason }; });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QVERIFY(manager.setConfig({ jobFor("node", server.address()) }));
        QTRY_COMPARE(healthOf(manager, "node"), Health::down);
        QCOMPARE(QString::fromStdString(errorOf(manager, "node")), error);
    }

    void aRefusedConnectionSaysSo()
    {
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QVERIFY(manager.setConfig({ jobFor("node", "127.0.0.1:1") }));
        QTRY_COMPARE(healthOf(manager, "node"), Health::down);
        QCOMPARE(errorOf(manager, "node"), "Get \"http://127.0.0.1:1/metrics\": connection refused; nothing listens there: is the target running, and is the port right?");
        QTRY_COMPARE(sink.samples(series("up", "node", "127.0.0.1:1")).size(), 1U);
        QCOMPARE(sink.samples(series("up", "node", "127.0.0.1:1")).front().value, 0.0);
    }

    void aFailureEndsTheSeriesAndTheyComeBack()
    {
        bool broken = false;
        CannedHttpServer server([&](const auto&) { return broken ? CannedHttpServer::Answer { .status = 500, .reason = "No" } : metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QVERIFY(manager.setConfig({ jobFor("node", server.address()) }));
        const auto a = series("a", "node", server.address());
        QTRY_COMPARE(sink.samples(a).size(), 1U);
        broken = true;
        manager.scrapeNow();
        QTRY_COMPARE(sink.samples(a).size(), 2U);
        QVERIFY(model::isStale(sink.samples(a)[1].value));
        broken = false;
        manager.scrapeNow(QString::fromStdString("http://" + server.address() + "/metrics"));
        QTRY_COMPARE(sink.samples(a).size(), 3U);
        QCOMPARE(sink.samples(a)[2].value, 1.0);
        const auto up = sink.samples(series("up", "node", server.address()));
        QCOMPARE(up.size(), 3U);
        QCOMPARE(up[1].value, 0.0);
        QCOMPARE(up[1].timeMs, sink.samples(a)[1].timeMs); // one batch, one time
    }

    void stoppingEndsNoSeries()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        QVERIFY(manager.setConfig({ jobFor("node", server.address()) }));
        QTRY_COMPARE(sink.samples(series("a", "node", server.address())).size(), 1U);
        QTRY_COMPARE(healthOf(manager, "node"), Health::up);

        manager.stop();
        manager.scrapeNow();

        QTest::qWait(50); // for what should not come
        QCOMPARE(sink.samples(series("a", "node", server.address())).size(), 1U);
        QCOMPARE(healthOf(manager, "node"), Health::up);
    }

    void aNewConfigurationKeepsWhatDidNotChange()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto kept = jobFor("kept", server.address());
        QVERIFY(manager.setConfig({ kept, jobFor("gone", server.address()) }));
        QTRY_COMPARE(sink.samples(series("up", "gone", server.address())).size(), 1U);
        QTRY_COMPARE(sink.samples(series("up", "kept", server.address())).size(), 1U);
        const auto lookups = sink.lookups();

        kept.staticTargets.front().targets.push_back("127.0.0.1:1");
        kept.intervalMs = 1'800'000;
        QVERIFY(manager.setConfig({ kept }));
        QTRY_COMPARE(sink.samples(series("up", "gone", server.address())).size(), 2U);
        QVERIFY(model::isStale(sink.samples(series("up", "gone", server.address()))[1].value));
        QVERIFY(model::isStale(sink.samples(series("a", "gone", server.address()))[1].value));
        QTRY_COMPARE(sink.samples(series("up", "kept", "127.0.0.1:1")).size(), 1U);
        manager.scrapeNow();
        QTRY_COMPARE(sink.samples(series("a", "kept", server.address())).size(), 2U);
        QCOMPARE(sink.lookups(), lookups + 5); // only the new target's reported series
        QCOMPARE(sink.samples(series("a", "kept", server.address()))[1].value, 1.0);
    }

    void aWrongConfigurationChangesNothing()
    {
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        const auto twice = manager.setConfig({ jobFor("a", "127.0.0.1:1"), jobFor("a", "127.0.0.1:2") });
        QVERIFY(!twice);
        QCOMPARE(twice.error().message, "two scrape jobs are called 'a'; job_name must be unique");
        auto slow = jobFor("b", "127.0.0.1:1");
        slow.timeoutMs = slow.intervalMs + 1;
        QVERIFY(!manager.setConfig({ slow }));
    }

    void fileDiscoveryIsPickedUpWhileRunning()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::TemporaryFolder folder;
        const auto file = folder.path() / "targets.json";
        std::ofstream(file) << "[]";
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto job = jobFor("files", "");
        job.staticTargets.clear();
        job.fileDiscoveries = { { .files = { (folder.path() / "*.json").string() } } };
        QVERIFY(manager.setConfig({ job }));
        std::ofstream(file) << oneTarget(server.address(), "env", "dev");
        QTRY_COMPARE(healthOf(manager, "files"), Health::up);
        const auto list = manager.targets();
        QCOMPARE(find(*list, "files")->labels.get("env"), "dev");
        QCOMPARE(find(*list, "files")->discoveredLabels.get("__meta_filepath"), file.string());

        std::ofstream(file) << "[{";
        QTRY_COMPARE(manager.targets()->problems.size(), 1U);
        QCOMPARE(manager.targets()->active.size(), 1U);
    }

    void httpDiscoveryAndHandedInTargetsAreScraped()
    {
        std::string address;
        CannedHttpServer server([&](const CannedHttpServer::Request& request) {
            if (request.target == "/sd")
                return CannedHttpServer::Answer { .headers = { { "Content-Type", "application/json" } },
                    .body = QByteArray::fromStdString(oneTarget(address, "from", "http")) };
            return metrics("a 1\n");
        });
        address = server.address();
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto job = jobFor("sd", "");
        job.staticTargets.clear();
        job.httpDiscoveries = { { .url = "http://" + address + "/sd" } };
        QVERIFY(manager.setConfig({ job }));
        manager.setTargets("sd", "docker", { { .targets = { address }, .labels = { { "from", "docker" } } } });
        QTRY_COMPARE(manager.targets()->active.size(), 2U);
        QTRY_VERIFY(std::ranges::all_of(manager.targets()->active, [](const auto& target) { return target.health == Health::up; }));
    }

    void relabellingDropsAndSpoilsVisibly()
    {
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto job = jobFor("node", "keep:1");
        job.staticTargets = { { .targets = { "dropped:1", "http://wrong/path" } } };
        job.relabelConfigs = { { .sourceLabels = { "__address__" }, .regex = "dropped:.*", .action = "drop" } };
        QVERIFY(manager.setConfig({ job }));
        QTRY_COMPARE(manager.targets()->dropped.size(), 1U);
        QCOMPARE(manager.targets()->dropped[0].discoveredLabels.get("__address__"), "dropped:1");
        QVERIFY(errorOf(manager, "node").starts_with("\"http://wrong/path\" is not a valid address"));
    }

    void tooManyTargetsFailTogether()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto job = jobFor("node", server.address());
        job.staticTargets.push_back({ .targets = { server.address() }, .labels = { { "n", "2" } } });
        job.limits.targets = 1;
        QVERIFY(manager.setConfig({ job }));
        QTRY_COMPARE(healthOf(manager, "node"), Health::down);
        QCOMPARE(errorOf(manager, "node"), "target_limit exceeded (number of targets: 2, limit: 1)");
        QVERIFY(server.requests().isEmpty());
    }

    void scrapesAtItsPlaceInTheInterval()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        test::MemoryMetricSink sink;
        scrape::ScrapeManager manager(sink, m_clock, m_logger);
        auto job = jobFor("node", server.address());
        job.intervalMs = 200;
        job.timeoutMs = 200;
        for (const char* n : { "2", "3", "4", "5", "6" })
            job.staticTargets.push_back({ .targets = { server.address() }, .labels = { { "n", n } } });
        QVERIFY(manager.setConfig({ job }));
        const auto a = series("a", "node", server.address());
        QTRY_VERIFY(sink.samples(a).size() >= 8);
        const auto samples = sink.samples(a);
        int onTheGrid = 0; // a machine under load is late now and then
        for (std::size_t i = 2; i < samples.size(); ++i)
            onTheGrid += (samples[i].timeMs - samples[i - 1].timeMs) % 200 == 0 ? 1 : 0;
        QVERIFY2(onTheGrid >= 1, std::to_string(samples.size()).c_str());
        std::set<std::int64_t> places;
        for (const char* n : { "2", "3", "4", "5", "6" }) {
            const auto other = sink.samples({ { "__name__", "a" }, { "instance", server.address() }, { "job", "node" }, { "n", n } });
            QVERIFY(other.size() >= 3);
            places.insert(other[2].timeMs % 200);
        }
        QVERIFY2(places.size() > 1, "targets have places of their own");
    }

    void aFullStoreDoesNotStopTheScraping()
    {
        CannedHttpServer server([](const auto&) { return metrics("a 1\n"); });
        StuckSink sink;
        {
            scrape::ScrapeManager manager(sink, m_clock, m_logger);
            QVERIFY(manager.setConfig({ jobFor("node", server.address()) }));
            QTRY_COMPARE(healthOf(manager, "node"), Health::up);
            const auto before = manager.counters().scrapes;
            manager.scrapeNow();
            QTRY_COMPARE(manager.counters().scrapes, before + 1);
            sink.release();
        }
    }
};

QTEST_GUILESS_MAIN(TestScrapeManager)
#include "tst_scrape_manager.moc"
