#include "core/receive/loki_json.h"

#include "core/base/json_writer.h"
#include "core/receive/result_json.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>
#include <vector>

namespace belvedere::receive {

namespace {

void appendTimeAndLine(std::string& out, const model::LogLine& line)
{
    char buffer[24];
    out += "[\"";
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, line.timeNs).ptr);
    out += "\",";
    appendJsonString(out, line.line);
}

/// Labels that a pipeline made win over structured metadata, and these over the stream's own.
model::Labels merged(const model::Labels& stream, const model::LogLine& line)
{
    std::vector<model::Label> labels = stream.list();
    const auto put = [&](const model::Label& label) {
        const auto at = std::ranges::lower_bound(labels, label.name, {}, &model::Label::name);
        if (at != labels.end() && at->name == label.name)
            at->value = label.value;
        else
            labels.insert(at, label);
    };
    std::ranges::for_each(line.metadata, put);
    std::ranges::for_each(line.parsed, put);
    return model::Labels::fromSorted(std::move(labels));
}

void appendMerged(std::string& out, const model::Streams& streams)
{
    struct Group {
        const model::Labels* labels = nullptr;
        std::vector<const model::LogLine*> lines;
    };
    std::unordered_map<model::Labels, Group> groups;
    for (const auto& stream : streams) {
        for (const auto& line : stream.lines) {
            const bool plain = line.metadata.empty() && line.parsed.empty();
            const auto entry = groups.try_emplace(plain ? *stream.labels : merged(*stream.labels, line)).first;
            entry->second.labels = &entry->first;
            entry->second.lines.push_back(&line);
        }
    }
    std::vector<const Group*> sorted;
    sorted.reserve(groups.size());
    for (const auto& [labels, group] : groups)
        sorted.push_back(&group);
    std::ranges::sort(sorted, [](const Group* a, const Group* b) { return *a->labels < *b->labels; });
    out += '[';
    bool firstStream = true;
    for (const auto* group : sorted) {
        if (!std::exchange(firstStream, false))
            out += ',';
        out += "{\"stream\":";
        appendLabels(out, group->labels->list());
        out += ",\"values\":[";
        bool first = true;
        for (const auto* line : group->lines) {
            if (!std::exchange(first, false))
                out += ',';
            appendTimeAndLine(out, *line);
            out += ']';
        }
        out += "]}";
    }
    out += ']';
}

void appendCategorized(std::string& out, const model::Streams& streams)
{
    std::vector<const model::LogStream*> sorted;
    for (const auto& stream : streams) {
        if (!stream.lines.empty())
            sorted.push_back(&stream);
    }
    std::ranges::sort(sorted, [](const auto* a, const auto* b) { return *a->labels < *b->labels; });
    out += '[';
    bool firstStream = true;
    for (const auto* stream : sorted) {
        if (!std::exchange(firstStream, false))
            out += ',';
        out += "{\"stream\":";
        appendLabels(out, stream->labels->list());
        out += ",\"values\":[";
        bool firstLine = true;
        for (const auto& line : stream->lines) {
            if (!std::exchange(firstLine, false))
                out += ',';
            appendTimeAndLine(out, line);
            out += ",{";
            if (!line.metadata.empty()) {
                out += "\"structuredMetadata\":";
                appendLabels(out, line.metadata);
            }
            if (!line.parsed.empty()) {
                out += line.metadata.empty() ? "\"parsed\":" : ",\"parsed\":";
                appendLabels(out, line.parsed);
            }
            out += "}]";
        }
        out += "]}";
    }
    out += ']';
}

}

void appendStreams(std::string& out, const model::Streams& streams, LabelEncoding encoding)
{
    if (encoding == LabelEncoding::merged)
        appendMerged(out, streams);
    else
        appendCategorized(out, streams);
}

}
