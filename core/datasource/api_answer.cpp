#include "core/datasource/api_answer.h"

#include "core/base/text.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace belvedere::datasource {

namespace {

    namespace dom = simdjson::dom;

    std::unexpected<Error> corrupt(const std::string& what)
    {
        return failure(ErrorCode::corrupt, "the server's answer is not what its API promises: " + what);
    }

    std::optional<std::size_t> readNumberAt(std::string_view text, std::size_t& position)
    {
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(text.data() + position, text.data() + text.size(), number);
        if (error != std::errc())
            return std::nullopt;
        position = static_cast<std::size_t>(end - text.data());
        return number;
    }

    /// Byte offset of a line and a column, both counted from one; columns count bytes, as the servers do.
    TextRange placeAt(std::string_view query, std::size_t line, std::size_t column)
    {
        std::size_t begin = 0;
        for (std::size_t l = 1; l < line; ++l) {
            const auto newline = query.find('\n', begin);
            if (newline == std::string_view::npos)
                break;
            begin = newline + 1;
        }
        begin = std::min(begin + (column > 0 ? column - 1 : 0), query.size());
        return { begin, std::min(begin + 1, query.size()) };
    }

    /// The place in messages like `invalid parameter "query": 1:9: parse error: …` (Prometheus) and
    /// `parse error at line 1, col 9: …` (Loki).
    std::optional<TextRange> placeIn(std::string_view message, std::string_view query)
    {
        static constexpr std::string_view kLoki = "parse error at line ";
        if (auto at = message.find(kLoki); at != std::string_view::npos) {
            at += kLoki.size();
            const auto line = readNumberAt(message, at);
            static constexpr std::string_view kColumn = ", col ";
            if (!line || message.substr(at, kColumn.size()) != kColumn)
                return std::nullopt;
            at += kColumn.size();
            if (const auto column = readNumberAt(message, at))
                return placeAt(query, *line, *column);
            return std::nullopt;
        }
        const auto marker = message.find(": parse error");
        if (marker == std::string_view::npos)
            return std::nullopt;
        const auto colon = message.rfind(' ', marker);
        std::size_t at = colon == std::string_view::npos ? 0 : colon + 1;
        const auto line = readNumberAt(message, at);
        if (!line || at >= message.size() || message[at] != ':')
            return std::nullopt;
        ++at;
        if (const auto column = readNumberAt(message, at))
            return placeAt(query, *line, *column);
        return std::nullopt;
    }

    ErrorCode codeOf(int status, std::string_view type)
    {
        if (type == "timeout" || status == 504)
            return ErrorCode::timeout;
        if (type == "canceled")
            return ErrorCode::cancelled;
        if (type == "not_found" || status == 404)
            return ErrorCode::notFound;
        if (type == "execution" || status == 422)
            return ErrorCode::execution;
        if (type == "bad_data" || status == 400)
            return ErrorCode::invalidArgument;
        return ErrorCode::unavailable;
    }

    std::unexpected<Error> refused(int status, std::string_view type, std::string_view message, std::string_view query)
    {
        const auto where = placeIn(message, query);
        std::string text(trim(message.substr(0, 2000)));
        if (status == 401 || status == 403)
            return failure(ErrorCode::unavailable, "the server refused the sign-in (HTTP " + std::to_string(status) + "); check user, password or token of this data source");
        if (where || message.find("parse error") != std::string_view::npos)
            return std::unexpected(Error { ErrorCode::parse, std::move(text), where });
        if (status == 404 && type.empty())
            return failure(ErrorCode::notFound, "the server has no such API (HTTP 404); check the address of this data source");
        if (text.empty())
            text = "the server answered HTTP " + std::to_string(status);
        return failure(codeOf(status, type), std::move(text));
    }

    /// Parses the body and answers its top object, or the server's refusal. `parser` owns what is answered.
    Result<dom::object> open(dom::parser& parser, const HttpAnswer& answer, std::string_view query)
    {
        dom::object top;
        if (parser.parse(answer.body).get(top) != simdjson::SUCCESS) {
            if (answer.status / 100 == 3)
                return failure(ErrorCode::unavailable, "the server sends to another address (HTTP " + std::to_string(answer.status) + ")" + (answer.redirect.empty() ? std::string() : ": " + answer.redirect)
                        + "; give this data source the address that answers itself");
            if (answer.status / 100 != 2)
                return refused(answer.status, {}, answer.body, query);
            return corrupt("no JSON object (is this the address of a Prometheus or Loki?)");
        }
        std::string_view status;
        if (top["status"].get(status) == simdjson::SUCCESS && status == "success")
            return top;
        if (answer.status / 100 == 2 && status != "error")
            return corrupt("no \"status\" (is this the address of a Prometheus or Loki?)");
        std::string_view type;
        std::string_view message;
        if (top["errorType"].get(type) != simdjson::SUCCESS)
            type = {};
        if (top["error"].get(message) != simdjson::SUCCESS && top["message"].get(message) != simdjson::SUCCESS)
            message = {};
        return refused(answer.status, type, message, query);
    }

    Result<model::LabelsRef> readLabels(dom::element element)
    {
        dom::object object;
        if (element.get(object) != simdjson::SUCCESS)
            return corrupt("labels are not an object");
        std::vector<model::Label> labels;
        labels.reserve(object.size());
        for (const auto& [name, value] : object) {
            std::string_view text;
            if (value.get(text) != simdjson::SUCCESS)
                return corrupt("a label value is not a string");
            labels.push_back({ std::string(name), std::string(text) });
        }
        return model::makeLabels(model::Labels(std::move(labels)));
    }

    std::vector<model::Label> readPairs(dom::element object)
    {
        std::vector<model::Label> pairs;
        dom::object members;
        if (object.get(members) == simdjson::SUCCESS) {
            for (const auto& [name, value] : members) {
                std::string_view text;
                if (value.get(text) == simdjson::SUCCESS)
                    pairs.push_back({ std::string(name), std::string(text) });
            }
        }
        std::ranges::sort(pairs, {}, &model::Label::name);
        return pairs;
    }

    struct TimedValue {
        std::int64_t timeMs = 0;
        double value = 0;
    };

    Result<TimedValue> readTimedValue(dom::element element)
    {
        dom::array pair;
        double seconds = 0;
        std::string_view text;
        if (element.get(pair) != simdjson::SUCCESS || pair.at(0).get(seconds) != simdjson::SUCCESS || pair.at(1).get(text) != simdjson::SUCCESS)
            return corrupt("a sample is not [time, \"value\"]");
        const auto value = parseFloat(text);
        if (!value)
            return corrupt("\"" + std::string(text) + "\" is not a sample value");
        return TimedValue { std::llround(seconds * 1000), *value };
    }

    Result<model::Vector> readVector(dom::array result, std::size_t& histograms)
    {
        model::Vector vector;
        vector.reserve(result.size());
        for (const auto item : result) {
            dom::element metric;
            dom::element value;
            if (item["metric"].get(metric) != simdjson::SUCCESS)
                return corrupt("a vector element has no metric");
            if (item["value"].get(value) != simdjson::SUCCESS) {
                ++histograms;
                continue;
            }
            auto labels = readLabels(metric);
            if (!labels)
                return std::unexpected(labels.error());
            const auto sample = readTimedValue(value);
            if (!sample)
                return std::unexpected(sample.error());
            vector.push_back({ std::move(*labels), sample->timeMs, sample->value });
        }
        return vector;
    }

    Result<model::Matrix> readMatrix(dom::array result, std::size_t& histograms)
    {
        model::Matrix matrix;
        matrix.reserve(result.size());
        for (const auto item : result) {
            dom::element metric;
            dom::array values;
            if (item["metric"].get(metric) != simdjson::SUCCESS)
                return corrupt("a series has no metric");
            dom::element histogramColumn;
            if (item["histograms"].get(histogramColumn) == simdjson::SUCCESS)
                ++histograms;
            if (item["values"].get(values) != simdjson::SUCCESS)
                continue;
            auto labels = readLabels(metric);
            if (!labels)
                return std::unexpected(labels.error());
            model::Series series { std::move(*labels), {}, {} };
            series.timesMs.reserve(values.size());
            series.values.reserve(values.size());
            for (const auto value : values) {
                const auto sample = readTimedValue(value);
                if (!sample)
                    return std::unexpected(sample.error());
                series.timesMs.push_back(sample->timeMs);
                series.values.push_back(sample->value);
            }
            matrix.push_back(std::move(series));
        }
        std::ranges::sort(matrix, [](const model::Series& a, const model::Series& b) { return *a.labels < *b.labels; });
        return matrix;
    }

    Result<model::Streams> readStreams(dom::array result)
    {
        model::Streams streams;
        streams.reserve(result.size());
        for (const auto item : result) {
            dom::element stream;
            dom::array values;
            if (item["stream"].get(stream) != simdjson::SUCCESS || item["values"].get(values) != simdjson::SUCCESS)
                return corrupt("a stream has no labels or no entries");
            auto labels = readLabels(stream);
            if (!labels)
                return std::unexpected(labels.error());
            model::LogStream out { std::move(*labels), {} };
            out.lines.reserve(values.size());
            for (const auto value : values) {
                dom::array entry;
                std::string_view time;
                std::string_view line;
                std::int64_t timeNs = 0;
                if (value.get(entry) != simdjson::SUCCESS || entry.at(0).get(time) != simdjson::SUCCESS || entry.at(1).get(line) != simdjson::SUCCESS
                    || std::from_chars(time.data(), time.data() + time.size(), timeNs).ec != std::errc())
                    return corrupt("an entry is not [\"nanoseconds\", \"line\"]");
                model::LogLine logLine { timeNs, std::string(line), {}, {} };
                dom::element categories;
                if (entry.at(2).get(categories) == simdjson::SUCCESS) {
                    dom::element pairs;
                    if (categories["structuredMetadata"].get(pairs) == simdjson::SUCCESS)
                        logLine.metadata = readPairs(pairs);
                    if (categories["parsed"].get(pairs) == simdjson::SUCCESS)
                        logLine.parsed = readPairs(pairs);
                }
                out.lines.push_back(std::move(logLine));
            }
            streams.push_back(std::move(out));
        }
        return streams;
    }

    void readRemarks(dom::object top, const char* key, model::Remark::Kind kind, std::vector<model::Remark>& remarks)
    {
        dom::array texts;
        if (top[key].get(texts) != simdjson::SUCCESS)
            return;
        for (const auto item : texts) {
            std::string_view text;
            if (item.get(text) == simdjson::SUCCESS)
                remarks.push_back({ kind, std::string(text) });
        }
    }

    Result<void> readResult(dom::element data, model::QueryValue& value, std::size_t& histograms)
    {
        std::string_view type;
        dom::element result;
        dom::array items;
        if (data["resultType"].get(type) != simdjson::SUCCESS || data["result"].get(result) != simdjson::SUCCESS)
            return corrupt("data has no resultType or no result");
        if (type == "scalar" || type == "string") {
            if (type == "string") {
                dom::array pair;
                double seconds = 0;
                std::string_view text;
                if (result.get(pair) != simdjson::SUCCESS || pair.at(0).get(seconds) != simdjson::SUCCESS || pair.at(1).get(text) != simdjson::SUCCESS)
                    return corrupt("a string is not [time, \"text\"]");
                value.data = model::Text { std::llround(seconds * 1000), std::string(text) };
                return {};
            }
            const auto sample = readTimedValue(result);
            if (!sample)
                return std::unexpected(sample.error());
            value.data = model::Scalar { sample->timeMs, sample->value };
            return {};
        }
        if (result.get(items) != simdjson::SUCCESS)
            return corrupt("result is not a list");
        const auto keep = [&value](auto&& read) -> Result<void> {
            if (!read)
                return std::unexpected(read.error());
            value.data = std::move(*read);
            return {};
        };
        if (type == "vector")
            return keep(readVector(items, histograms));
        if (type == "matrix")
            return keep(readMatrix(items, histograms));
        if (type == "streams")
            return keep(readStreams(items));
        return corrupt("unknown resultType \"" + std::string(type) + "\"");
    }

}

Result<model::QueryValue> readQueryAnswer(const HttpAnswer& answer, std::string_view query)
{
    dom::parser parser;
    const auto top = open(parser, answer, query);
    if (!top)
        return std::unexpected(top.error());
    dom::element data;
    if ((*top)["data"].get(data) != simdjson::SUCCESS)
        return corrupt("no data");

    model::QueryValue value;
    std::size_t histograms = 0;
    if (const auto read = readResult(data, value, histograms); !read)
        return std::unexpected(read.error());
    readRemarks(*top, "warnings", model::Remark::Kind::warning, value.remarks);
    readRemarks(*top, "infos", model::Remark::Kind::info, value.remarks);
    bool partial = false;
    if ((*top)["isPartial"].get(partial) == simdjson::SUCCESS && partial)
        value.incomplete = "the server answered from a part of its storage nodes only";
    if (histograms > 0) {
        if (!value.incomplete.empty())
            value.incomplete += "; ";
        value.incomplete += std::to_string(histograms) + " series with native histograms were left out";
    }
    return value;
}

Result<std::vector<std::string>> readStringsAnswer(const HttpAnswer& answer)
{
    dom::parser parser;
    const auto top = open(parser, answer, {});
    if (!top)
        return std::unexpected(top.error());
    std::vector<std::string> strings;
    dom::array data;
    if ((*top)["data"].get(data) == simdjson::SUCCESS) {
        for (const auto item : data) {
            std::string_view text;
            if (item.get(text) != simdjson::SUCCESS)
                return corrupt("a name is not a string");
            strings.emplace_back(text);
        }
    }
    std::ranges::sort(strings);
    return strings;
}

Result<std::vector<model::LabelsRef>> readSeriesAnswer(const HttpAnswer& answer)
{
    dom::parser parser;
    const auto top = open(parser, answer, {});
    if (!top)
        return std::unexpected(top.error());
    std::vector<model::LabelsRef> series;
    dom::array data;
    if ((*top)["data"].get(data) == simdjson::SUCCESS) {
        for (const auto item : data) {
            auto labels = readLabels(item);
            if (!labels)
                return std::unexpected(labels.error());
            series.push_back(std::move(*labels));
        }
    }
    return series;
}

Result<std::vector<model::MetricMetadata>> readMetadataAnswer(const HttpAnswer& answer)
{
    dom::parser parser;
    const auto top = open(parser, answer, {});
    if (!top)
        return std::unexpected(top.error());
    std::vector<model::MetricMetadata> metadata;
    dom::object data;
    if ((*top)["data"].get(data) != simdjson::SUCCESS)
        return corrupt("metadata is not an object");
    for (const auto& [name, value] : data) {
        // One entry a distinct wording; the first is what Prometheus itself shows.
        dom::element first;
        if (value.at(0).get(first) != simdjson::SUCCESS)
            continue;
        const auto text = [&first](const char* key) {
            std::string_view member;
            return first[key].get(member) == simdjson::SUCCESS ? std::string(member) : std::string();
        };
        metadata.push_back({ std::string(name), text("type"), text("help"), text("unit") });
    }
    std::ranges::sort(metadata, {}, &model::MetricMetadata::metric);
    return metadata;
}

}
