// A rule made of the input's lines: action, regex, target, replacement, separator, then name=value labels.

#include "core/base/text.h"
#include "core/ingest/relabel.h"

#include <cstdint>
#include <string>

using namespace belvedere;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lines = split(text, '\n');
    const auto line = [&](std::size_t i) { return i < lines.size() ? std::string(lines[i]) : std::string(); };
    constexpr const char* kActions[] { "replace", "keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase" };
    ingest::RelabelConfig config { .sourceLabels = { "a", "b" }, .separator = line(4), .regex = line(1), .modulus = 7, .targetLabel = line(2), .replacement = line(3),
        .action = line(0).empty() ? "replace" : kActions[static_cast<unsigned char>(line(0)[0]) % std::size(kActions)] };
    if (config.regex.size() > 200)
        return 0;
    const auto rule = ingest::RelabelRule::compile(config);
    if (!rule)
        return 0;
    model::LabelsBuilder labels;
    for (std::size_t i = 5; i < lines.size(); ++i) {
        const auto equals = lines[i].find('=');
        if (equals != std::string_view::npos && equals != 0)
            labels.set(lines[i].substr(0, equals), lines[i].substr(equals + 1));
    }
    (void)rule->apply(labels);
    return 0;
}
