// What does a repeated scrape cost in the parser? 2,000 series of 100 bytes, values that change; the series come as
// expected, or are looked up anew. Good: above 1 GB/s expected, above 150 MB/s scanned.
// And a Loki push: 10 streams with 1,000 lines of 150 bytes each as JSON. Good: above 150 MB/s.

#include "core/base/format.h"
#include "core/ingest/exposition.h"
#include "core/ingest/loki_push.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

using namespace belvedere;
using Event = ingest::ExpositionParser::Event;

namespace {

std::string exposition()
{
    std::string out;
    for (int i = 0; i < 2000; ++i) {
        if (i % 100 == 0)
            out += formatted("# HELP metric_{:02} Simulated.\n# TYPE metric_{:02} counter\n", i / 100, i / 100);
        out += formatted("metric_{:02}{{service=\"svc-{}\",endpoint=\"/api/v1/resource/{}\",method=\"GET\",code=\"200\"}} ", i / 100, i % 10, i % 100);
        out += i % 10 == 0 ? formatted("{:.3f}\n", i * 1.2345) : formatted("{}\n", i * 7919);
    }
    return out;
}

void expectedSeries(benchmark::State& state)
{
    const auto body = exposition();
    std::vector<std::string> series;
    ingest::ExpositionParser first(body, ingest::ExpositionFormat::text);
    for (auto event = first.next(); event != Event::end; event = first.next()) {
        if (event == Event::sample)
            series.emplace_back(first.series());
    }
    for (auto _ : state) {
        ingest::ExpositionParser parser(body, ingest::ExpositionFormat::text);
        std::size_t at = 0;
        double sum = 0;
        while (true) {
            const auto event = parser.next(at < series.size() ? std::string_view(series[at]) : std::string_view());
            if (event == Event::end)
                break;
            if (event == Event::sample) {
                sum += parser.value();
                ++at;
            }
        }
        benchmark::DoNotOptimize(sum);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * series.size()));
}
BENCHMARK(expectedSeries);

void scannedSeries(benchmark::State& state)
{
    const auto body = exposition();
    for (auto _ : state) {
        ingest::ExpositionParser parser(body, ingest::ExpositionFormat::text);
        double sum = 0;
        for (auto event = parser.next(); event != Event::end; event = parser.next())
            sum += event == Event::sample ? parser.value() : 0;
        benchmark::DoNotOptimize(sum);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}
BENCHMARK(scannedSeries);

void lokiPushJson(benchmark::State& state)
{
    std::string body = R"({"streams":[)";
    for (int stream = 0; stream < 10; ++stream) {
        body += formatted(R"({}{{"stream":{{"service":"api-{}","level":"info"}},"values":[)", stream ? "," : "", stream);
        for (int i = 0; i < 1000; ++i) {
            body += formatted(R"({}["17000000000{:08}","level=info msg=\"request handled\" method=GET path=/api/v1/resource/{} status=200 duration={}ms user=u{} trace=0123456789abcdef"])",
                i ? "," : "", stream * 1000 + i, i, i % 977, i % 31);
        }
        body += "]}";
    }
    body += "]}";
    for (auto _ : state) {
        const auto pushes = ingest::decodeLokiPushJson(body);
        benchmark::DoNotOptimize(pushes->size());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}
BENCHMARK(lokiPushJson);

}
