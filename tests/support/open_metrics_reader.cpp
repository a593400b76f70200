#include "tests/support/open_metrics_reader.h"
#include "tests/support/folders.h"

#include <zlib.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string_view>

namespace belvedere::test {

namespace {

model::Labels parseSeries(std::string_view text)
{
    std::vector<model::Label> labels;
    auto at = text.find('{');
    labels.push_back({ std::string(model::kMetricName), std::string(text.substr(0, at)) });
    while (at != std::string_view::npos && text[++at] != '}') {
        const auto equals = text.find('=', at);
        model::Label label { std::string(text.substr(at, equals - at)), {} };
        for (at = equals + 2; text[at] != '"'; ++at) {
            char c = text[at];
            if (c == '\\') {
                c = text[++at];
                if (c == 'n')
                    c = '\n';
            }
            label.value += c;
        }
        labels.push_back(std::move(label));
        if (text[++at] == '}')
            break;
    }
    return model::Labels(std::move(labels));
}

double parseNumber(std::string_view text)
{
    if (text == "NaN")
        return std::bit_cast<double>(model::kNormalNaNBits);
    if (text == "+Inf" || text == "-Inf")
        return (text[0] == '-' ? -1 : 1) * std::numeric_limits<double>::infinity();
    double value = 0;
    if (text.starts_with('+'))
        text.remove_prefix(1);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}

bool readOpenMetrics(const std::filesystem::path& file, const std::function<void(const model::Labels&, std::span<const model::Sample>)>& onSeries)
{
    gzFile in = gzopen(file.c_str(), "rb");
    if (!in)
        return false;
    gzbuffer(in, 1 << 20);
    std::string current;
    std::vector<model::Sample> samples;
    const auto finish = [&] {
        if (!samples.empty())
            onSeries(parseSeries(current), samples);
        samples.clear();
    };
    std::vector<char> buffer(1 << 16);
    while (gzgets(in, buffer.data(), static_cast<int>(buffer.size()))) {
        std::string_view line(buffer.data(), std::strlen(buffer.data()));
        while (!line.empty() && line.back() == '\n')
            line.remove_suffix(1);
        if (line.empty() || line.front() == '#')
            continue;
        const auto timeAt = line.rfind(' ');
        const auto valueAt = line.rfind(' ', timeAt - 1);
        const auto series = line.substr(0, valueAt);
        if (series != current) {
            finish();
            current = series;
        }
        const auto seconds = parseNumber(line.substr(timeAt + 1));
        samples.push_back({ std::llround(seconds * 1000), parseNumber(line.substr(valueAt + 1, timeAt - valueAt - 1)) });
    }
    finish();
    gzclose(in);
    return true;
}

std::filesystem::path sharedFile(const std::string& name)
{
    const auto file = test::sharedFolder() / name;
    std::error_code ec;
    return std::filesystem::exists(file, ec) ? file : std::filesystem::path();
}

}
