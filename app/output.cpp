#include "app/output.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/receive/loki_json.h"
#include "core/receive/result_json.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

namespace belvedere::app {

namespace {

std::string timeText(std::int64_t timeMs) { return formatRfc3339Ns(timeMs * 1'000'000); }

std::string csvField(std::string_view text)
{
    if (text.find_first_of("\",\n\r") == std::string_view::npos)
        return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    return out + '"';
}

/// Rows of a CSV document or of a table: one column for each label name that occurs, then time and value.
struct Row {
    model::LabelsRef labels;
    std::string time;
    std::string value;
};

std::vector<Row> rowsOf(const model::QueryValue& value)
{
    std::vector<Row> rows;
    const auto none = model::makeLabels({});
    if (const auto* scalar = std::get_if<model::Scalar>(&value.data))
        rows.push_back({ none, timeText(scalar->timeMs), formatValue(scalar->value) });
    else if (const auto* text = std::get_if<model::Text>(&value.data))
        rows.push_back({ none, timeText(text->timeMs), text->value });
    else if (const auto* vector = std::get_if<model::Vector>(&value.data))
        for (const auto& sample : *vector)
            rows.push_back({ sample.labels, timeText(sample.timeMs), formatValue(sample.value) });
    else if (const auto* matrix = std::get_if<model::Matrix>(&value.data))
        for (const auto& series : *matrix)
            for (std::size_t i = 0; i < series.values.size(); ++i)
                rows.push_back({ series.labels, timeText(series.timesMs[i]), formatValue(series.values[i]) });
    else if (const auto* streams = std::get_if<model::Streams>(&value.data))
        for (const auto& stream : *streams)
            for (const auto& line : stream.lines)
                rows.push_back({ stream.labels, formatRfc3339Ns(line.timeNs), line.line });
    return rows;
}

void printCsv(std::ostream& out, const std::vector<Row>& rows)
{
    std::set<std::string> names;
    for (const auto& row : rows) {
        for (const auto& label : *row.labels)
            names.insert(label.name);
    }
    for (const auto& name : names)
        out << csvField(name) << ',';
    out << "time,value\n";
    for (const auto& row : rows) {
        for (const auto& name : names)
            out << csvField(row.labels->get(name)) << ',';
        out << row.time << ',' << csvField(row.value) << '\n';
    }
}

void printTable(std::ostream& out, const model::QueryValue& value)
{
    if (const auto* matrix = std::get_if<model::Matrix>(&value.data)) {
        for (const auto& series : *matrix) {
            out << series.labels->toString() << '\n';
            for (std::size_t i = 0; i < series.values.size(); ++i)
                out << "  " << timeText(series.timesMs[i]) << "  " << formatValue(series.values[i]) << '\n';
        }
        return;
    }
    if (const auto* streams = std::get_if<model::Streams>(&value.data)) {
        struct Line {
            std::int64_t timeNs;
            const std::string* text;
            const model::Labels* labels;
        };
        std::vector<Line> lines;
        for (const auto& stream : *streams) {
            for (const auto& line : stream.lines)
                lines.push_back({ line.timeNs, &line.line, stream.labels.get() });
        }
        std::ranges::stable_sort(lines, {}, &Line::timeNs);
        for (const auto& line : lines)
            out << formatRfc3339Ns(line.timeNs) << "  " << line.labels->toString() << "  " << *line.text << '\n';
        return;
    }
    const auto rows = rowsOf(value);
    std::size_t width = 0;
    for (const auto& row : rows)
        width = std::max(width, row.labels->empty() ? 0 : row.labels->toString().size());
    for (const auto& row : rows) {
        if (width > 0)
            out << formatted("{:<{}}  ", row.labels->toString(), width);
        out << row.value << '\n';
    }
}

}

Result<Format> parseFormat(const std::string& name)
{
    if (name.empty() || name == "table")
        return Format::table;
    if (name == "json")
        return Format::json;
    if (name == "csv")
        return Format::csv;
    return failure(ErrorCode::invalidArgument, formatted("unknown format '{}'; use table, json or csv", name));
}

void print(std::ostream& out, const model::QueryValue& value, Format format)
{
    if (format == Format::table)
        return printTable(out, value);
    if (format == Format::csv)
        return printCsv(out, rowsOf(value));
    std::string text = "{";
    if (const auto* streams = std::get_if<model::Streams>(&value.data)) {
        text += "\"resultType\":\"streams\",\"result\":";
        receive::appendStreams(text, *streams, receive::LabelEncoding::merged);
        out << text;
    } else {
        class Direct final : public receive::BodyWriter {
        public:
            explicit Direct(std::ostream& stream)
                : m_stream(stream)
            {
            }
            bool write(std::string chunk) override { return static_cast<bool>(m_stream << chunk); }

        private:
            std::ostream& m_stream;
        } direct(out);
        receive::writeResult(direct, text, value);
        out << text;
    }
    out << "}\n";
}

void printRemarks(const model::QueryValue& value)
{
    for (const auto& remark : value.remarks)
        std::cerr << (remark.kind == model::Remark::Kind::warning ? "warning: " : "info: ") << remark.message << '\n';
    if (!value.incomplete.empty())
        std::cerr << "warning: " << value.incomplete << '\n';
}

void printQueryError(const Error& error, std::string_view query)
{
    std::cerr << "belvedere: " << error.message << '\n';
    if (!error.where || error.where->begin > query.size())
        return;
    const auto begin = error.where->begin;
    const auto lineBegin = begin == 0 ? 0 : query.rfind('\n', begin - 1) + 1; // npos + 1 is 0
    const auto lineEnd = std::min(query.find('\n', begin), query.size());
    const auto end = std::clamp(error.where->end, begin + 1, std::max(lineEnd, begin + 1));
    std::cerr << "  " << query.substr(lineBegin, lineEnd - lineBegin) << "\n  " << std::string(begin - lineBegin, ' ') << std::string(end - begin, '^') << '\n';
}

}
