// The first byte chooses the format. With and without expectations the parser must tell the same story.

#include "core/ingest/exposition.h"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace belvedere;
using ingest::ExpositionParser;
using Event = ExpositionParser::Event;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto format = data[0] % 2 == 0 ? ingest::ExpositionFormat::text : ingest::ExpositionFormat::openMetrics;

    std::vector<std::pair<std::string, std::uint64_t>> samples;
    std::vector<model::Label> labels;
    ExpositionParser parser(body, format);
    auto event = parser.next();
    for (; event != Event::end && event != Event::error; event = parser.next()) {
        if (event != Event::sample) {
            (void)parser.helpText();
            continue;
        }
        samples.emplace_back(parser.series(), std::bit_cast<std::uint64_t>(parser.value()));
        (void)parser.labels(labels);
        if (parser.hasExemplar())
            (void)parser.exemplar();
    }

    ExpositionParser again(body, format);
    std::size_t seen = 0;
    auto second = Event::sample;
    while (second != Event::end && second != Event::error) {
        second = again.next(seen < samples.size() ? std::string_view(samples[seen].first) : std::string_view());
        if (second != Event::sample)
            continue;
        if (seen >= samples.size() || again.series() != samples[seen].first || std::bit_cast<std::uint64_t>(again.value()) != samples[seen].second)
            std::abort();
        ++seen;
    }
    if (second != event || seen != samples.size())
        std::abort();
    return 0;
}
