#include "core/dashboard/panel_data.h"

#include "core/base/text.h"
#include "core/dashboard/pattern.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace belvedere::dashboard {
namespace {

constexpr std::int64_t kNsInMs = 1'000'000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ShownField timeField(std::vector<std::int64_t> times)
{
    ShownField field;
    field.column.name = "Time";
    field.column.type = model::Field::Type::time;
    field.column.values = std::move(times);
    return field;
}

ShownField numberField(std::string name, std::vector<double> values)
{
    ShownField field;
    field.column.name = std::move(name);
    field.column.values = std::move(values);
    return field;
}

ShownField textField(std::string name, std::vector<std::string> values)
{
    ShownField field;
    field.column.name = std::move(name);
    field.column.type = model::Field::Type::string;
    field.column.values = std::move(values);
    return field;
}

/// What a series is called without a legend format: the metric with its labels, or the value of its only label.
std::string legendOf(const model::Labels& labels, const Target& target)
{
    if (!target.legendFormat.empty() && target.legendFormat != "__auto")
        return formatLegend(target.legendFormat, labels);
    if (labels.empty())
        return "Value";
    if (target.legendFormat == "__auto" && labels.size() == 1)
        return labels.begin()->value;
    return labels.toString();
}

model::Labels withoutName(const model::Labels& labels)
{
    model::LabelsBuilder builder(labels);
    builder.remove(model::kMetricName);
    return builder.build();
}

ShownFrame seriesFrame(const model::Labels& labels, std::vector<std::int64_t> times, std::vector<double> values, const Target& target)
{
    ShownFrame frame;
    frame.refId = target.refId;
    frame.name = legendOf(labels, target);
    auto value = numberField("Value", std::move(values));
    value.column.labels = withoutName(labels);
    value.column.displayNameFromSource = frame.name;
    frame.fields.push_back(timeField(std::move(times)));
    frame.fields.push_back(std::move(value));
    return frame;
}

/// Steps at which a series has no sample become NaN, so that lines break there.
void insertGaps(std::vector<std::int64_t>& times, std::vector<double>& values, std::int64_t stepMs)
{
    if (stepMs <= 0 || times.size() < 2)
        return;
    const bool gapless = times.back() - times.front() == static_cast<std::int64_t>(times.size() - 1) * stepMs;
    if (gapless)
        return;
    std::vector<std::int64_t> outTimes;
    std::vector<double> outValues;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (i > 0 && times[i] - times[i - 1] > stepMs * 3 / 2) {
            outTimes.push_back(times[i - 1] + stepMs);
            outValues.push_back(kNaN);
        }
        outTimes.push_back(times[i]);
        outValues.push_back(values[i]);
    }
    times = std::move(outTimes);
    values = std::move(outValues);
}

/// One row a sample: time, a column a label, value.
ShownFrame tableFrame(const std::vector<model::Series>& series, const Target& target, bool single)
{
    std::set<std::string> names;
    std::size_t rows = 0;
    for (const auto& one : series) {
        for (const auto& label : *one.labels)
            names.insert(label.name);
        rows += one.timesMs.size();
    }
    std::vector<std::int64_t> times;
    std::vector<double> values;
    std::map<std::string, std::vector<std::string>> columns;
    times.reserve(rows);
    values.reserve(rows);
    for (const auto& one : series) {
        times.insert(times.end(), one.timesMs.begin(), one.timesMs.end());
        values.insert(values.end(), one.values.begin(), one.values.end());
        for (const auto& name : names)
            columns[name].insert(columns[name].end(), one.timesMs.size(), std::string(one.labels->get(name)));
    }
    ShownFrame frame;
    frame.refId = target.refId;
    frame.fields.push_back(timeField(std::move(times)));
    for (auto& [name, column] : columns)
        frame.fields.push_back(textField(name, std::move(column)));
    frame.fields.push_back(numberField(single ? "Value" : "Value #" + target.refId, std::move(values)));
    return frame;
}

ShownFrame logFrame(const model::Streams& streams, const Target& target)
{
    struct Row {
        std::int64_t timeNs;
        const std::string* line;
        const model::Labels* labels;
    };
    std::vector<Row> rows;
    for (const auto& stream : streams) {
        for (const auto& line : stream.lines)
            rows.push_back({ line.timeNs, &line.line, stream.labels.get() });
    }
    std::ranges::stable_sort(rows, std::greater<>(), &Row::timeNs);
    std::vector<std::int64_t> times;
    std::vector<std::string> lines;
    std::vector<std::string> labels;
    for (const auto& row : rows) {
        times.push_back(row.timeNs / kNsInMs);
        lines.push_back(*row.line);
        labels.push_back(row.labels->toString());
    }
    ShownFrame frame;
    frame.refId = target.refId;
    frame.fields.push_back(timeField(std::move(times)));
    frame.fields.push_back(textField("Line", std::move(lines)));
    frame.fields.push_back(textField("labels", std::move(labels)));
    return frame;
}

std::vector<model::Series> asSeries(const model::Vector& vector)
{
    std::vector<model::Series> out;
    for (const auto& sample : vector)
        out.push_back({ sample.labels, { sample.timeMs }, { sample.value } });
    return out;
}

bool matchesOverride(const Json& matcher, const ShownFrame& frame, const ShownField& field)
{
    const auto id = matcher["id"].text();
    const auto& options = matcher["options"];
    if (id == "byName")
        return field.name == options.text() || field.column.name == options.text();
    if (id == "byRegexp")
        return Pattern(options.text()).matches(field.name);
    if (id == "byNames") {
        const auto& names = options.isObject() ? options["names"] : options;
        const bool listed = std::ranges::any_of(names.items(), [&field](const Json& name) { return name.text() == field.name; });
        return (options["mode"].text() == "exclude") != listed;
    }
    if (id == "byType") {
        using Type = model::Field::Type;
        const auto type = field.column.type;
        return options.text() == (type == Type::time ? "time" : type == Type::number ? "number" : type == Type::string ? "string" : "boolean");
    }
    if (id == "byFrameRefID")
        return frame.refId == options.text();
    if (id == "byValue") {
        const double got = numberOf(reduce(options["reducer"].text(), field.column));
        const double wanted = options["value"].looseNumber().value_or(0);
        const auto operation = options["op"].text();
        return operation == "gt" || operation == ">" ? got > wanted
            : operation == "gte" || operation == ">=" ? got >= wanted
            : operation == "lt" || operation == "<" ? got < wanted
            : operation == "lte" || operation == "<=" ? got <= wanted
            : operation == "neq" || operation == "!=" ? got != wanted
                                                     : got == wanted;
    }
    return false;
}

/// `${__field.labels.x}`, `${__field.name}`, `${__series.name}` in a display name.
std::string expandName(std::string text, const ShownField& field, const std::string& ownName)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = text.find("${__", at);
        const auto end = begin == std::string::npos ? begin : text.find('}', begin);
        if (end == std::string::npos)
            return out + text.substr(at);
        out += text.substr(at, begin - at);
        const auto path = text.substr(begin + 2, end - begin - 2);
        static constexpr std::string_view kLabels = "__field.labels.";
        if (path.starts_with(kLabels))
            out += field.column.labels.get(std::string_view(path).substr(kLabels.size()));
        else if (path == "__field.labels")
            out += field.column.labels.toString();
        else if (path == "__field.name" || path == "__field.displayName" || path == "__series.name")
            out += ownName;
        else
            out += text.substr(begin, end - begin + 1);
        at = end + 1;
    }
    return out;
}

TimeRangeMs panelRange(const PanelRequest& request, PanelData& data)
{
    auto range = request.range;
    if (!request.panel.timeFrom.empty()) {
        const auto& from = request.panel.timeFrom;
        DateMathOptions options;
        options.nowMs = request.nowMs;
        options.zone = request.zone;
        if (const auto own = parseTimeRange(from.starts_with("now") ? from : "now-" + from, "now", options))
            range = *own;
        else
            data.remarks.push_back("the panel's time range " + from + " is not understood");
    }
    if (const auto shift = intervalToMs(request.panel.timeShift); shift && !request.panel.timeShift.empty()) {
        range.fromMs -= static_cast<std::int64_t>(*shift);
        range.toMs -= static_cast<std::int64_t>(*shift);
    }
    return range;
}

/// The field configuration with what Grafana takes where a document says nothing: series have a colour each, values that of
/// the threshold they have reached, and the thresholds are green, and red from 80 on.
Json withTypeDefaults(const Panel& panel)
{
    Json config = panel.fieldConfig;
    auto& defaults = config.at("defaults");
    if (!defaults["color"]["mode"].isString())
        defaults.set("color", Json::object({ { "mode", panel.type == "timeseries" ? "palette-classic" : "thresholds" } }));
    if (defaults["thresholds"]["steps"].size() == 0) {
        defaults.set("thresholds", Json::object({ { "mode", "absolute" },
            { "steps", Json::array({ Json::object({ { "color", "green" }, { "value", nullptr } }), Json::object({ { "color", "red" }, { "value", 80 } }) }) } }));
    }
    return config;
}

std::int64_t lowLimit(const std::string& text, const Scope& scope)
{
    auto limit = interpolate(text, scope);
    if (limit.starts_with(">"))
        limit.erase(0, 1);
    return static_cast<std::int64_t>(intervalToMs(limit).value_or(0));
}

class PanelQuery {
public:
    PanelQuery(const PanelRequest& request, std::stop_token stop)
        : m_request(request)
        , m_stop(std::move(stop))
    {
        m_data.range = panelRange(request, m_data);
        m_scope.setRange(m_data.range);
        for (const auto& variable : *request.variables) {
            if (variable.type == "interval" && !variable.values.empty() && variable.values.front().starts_with("$__auto"))
                m_scope.setPlain(variable.name, intervalText(calculateInterval(m_data.range.spanMs(), variable.autoCount, static_cast<std::int64_t>(intervalToMs(variable.autoMin).value_or(10'000)))));
            else
                m_scope.setVariable(variable);
        }
        m_scope.setRepeats(request.repeats);
    }

    PanelData run()
    {
        const auto& panel = m_request.panel;
        m_data.title = interpolate(panel.title, m_scope, [](const VariableValue& value) { return formatVariable(value, {}, "text"); });
        m_data.text = interpolate(panel.options["content"].text(), m_scope);
        std::size_t tables = 0;
        for (const auto& target : panel.targets)
            tables += target.format == "table" && !target.hide;
        std::size_t succeeded = 0;
        std::size_t asked = 0;
        for (const auto& target : panel.targets) {
            if (target.hide || target.expr.empty() || m_stop.stop_requested())
                continue;
            ++asked;
            succeeded += runTarget(target, tables <= 1);
        }
        m_data.failed = asked > 0 && succeeded == 0;
        applyTransformations(m_data.frames, panel.transformations, m_scope);
        applyFieldConfig(m_data.frames, withTypeDefaults(panel), m_scope);
        std::ranges::stable_sort(m_data.logs, std::greater<>(), &LogRow::timeNs);
        return std::move(m_data);
    }

private:
    bool runTarget(const Target& target, bool single)
    {
        const auto& panel = m_request.panel;
        const bool looksLikeLogs = panel.type == "logs" || target.expr.find("|=") != std::string::npos || target.expr.find("| json") != std::string::npos;
        const auto& reference = !target.source.empty() ? target.source : panel.source;
        const auto resolved = resolveSource(reference, m_scope, *m_request.document, *m_request.registry, looksLikeLogs ? "loki" : "prometheus");
        if (!resolved.source) {
            m_data.problems.push_back("query " + target.refId + ": " + resolved.problem);
            return false;
        }
        const auto& info = resolved.source->info();
        const auto scrapeMs = std::max<std::int64_t>(info.scrapeIntervalMs, 1000);
        const auto limit = lowLimit(target.interval.empty() ? panel.interval : target.interval, m_scope);
        const int points = panel.maxDataPoints > 0 ? panel.maxDataPoints : std::max(100, m_request.widthPx);
        auto intervalMs = calculateInterval(m_data.range.spanMs(), points, limit > 0 ? limit : info.type == "prometheus" ? scrapeMs : 1000);
        intervalMs *= target.intervalFactor;
        m_data.intervalMs = std::max(m_data.intervalMs, intervalMs);
        auto scope = m_scope;
        scope.setInterval(intervalMs, limit > 0 ? limit : scrapeMs);

        bool succeeded = false;
        const bool both = target.instant && target.range;
        if (target.range && !(both && panel.type == "table"))
            succeeded |= execute(target, *resolved.source, scope, false, intervalMs, single);
        if (target.instant)
            succeeded |= execute(target, *resolved.source, scope, true, intervalMs, single);
        return succeeded;
    }

    bool execute(const Target& target, const datasource::DataSource& source, const Scope& scope, bool instant, std::int64_t intervalMs, bool single)
    {
        ExecutedQuery executed { target.refId, interpolateQuery(target.expr, scope), source.info().name, instant, intervalMs, 0, {} };
        datasource::QueryRequest query;
        query.expr = executed.expr;
        query.instant = instant;
        query.stepNs = intervalMs * kNsInMs;
        query.fromNs = m_data.range.fromMs * kNsInMs;
        query.toNs = m_data.range.toMs * kNsInMs;
        if (source.info().type == "prometheus" && !instant) {
            // Steps at whole multiples: the same samples on every refresh.
            query.fromNs = m_data.range.fromMs / intervalMs * intervalMs * kNsInMs;
            query.toNs = m_data.range.toMs / intervalMs * intervalMs * kNsInMs;
        }
        if (target.maxLines > 0)
            query.limit = static_cast<std::size_t>(target.maxLines);
        const auto begin = std::chrono::steady_clock::now();
        const auto value = source.query(query, m_stop);
        executed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (!value) {
            executed.error = value.error().message;
            m_data.problems.push_back("query " + target.refId + ": " + value.error().message);
        } else {
            for (const auto& remark : value->remarks) {
                if (remark.kind == model::Remark::Kind::warning)
                    m_data.remarks.push_back(remark.message);
            }
            if (!value->incomplete.empty())
                m_data.remarks.push_back(value->incomplete);
            auto legend = target;
            legend.legendFormat = interpolate(target.legendFormat, scope);
            if (instant && target.range && legend.format == "time_series")
                legend.format = "table";
            auto frames = framesOf(*value, legend, instant ? 0 : intervalMs, single);
            std::ranges::move(frames, std::back_inserter(m_data.frames));
            if (const auto* streams = std::get_if<model::Streams>(&value->data)) {
                for (const auto& stream : *streams) {
                    for (const auto& line : stream.lines)
                        m_data.logs.push_back({ line.timeNs, line.line, stream.labels, line.metadata, line.parsed });
                }
            }
        }
        m_data.queries.push_back(std::move(executed));
        return value.has_value();
    }

    const PanelRequest& m_request;
    std::stop_token m_stop;
    Scope m_scope;
    PanelData m_data;
};

/// A value shown by itself where a panel asks for one of each row.
ReducedValue rowValue(const ShownFrame& frame, const ShownField& field, std::size_t row, const Palette& palette, const FormatContext& format)
{
    ReducedValue out;
    out.field = &field;
    out.display = displayOf(field, palette, format)(valueAt(field.column, row));
    std::string title;
    for (const auto& other : frame.fields) {
        if (other.column.type == model::Field::Type::string)
            title += (title.empty() ? "" : " ") + textOf(valueAt(other.column, row));
    }
    const auto numbers = std::ranges::count_if(frame.fields, [](const ShownField& one) { return one.column.type == model::Field::Type::number; });
    out.title = title.empty() ? field.name : numbers > 1 ? title + " " + field.name : title;
    return out;
}

}

std::string formatLegend(std::string_view format, const model::Labels& labels)
{
    std::string out;
    for (std::size_t at = 0; at < format.size();) {
        const auto begin = format.find("{{", at);
        const auto end = begin == std::string_view::npos ? begin : format.find("}}", begin);
        if (end == std::string_view::npos)
            return out + std::string(format.substr(at));
        out += format.substr(at, begin - at);
        const auto name = trim(format.substr(begin + 2, end - begin - 2));
        const auto value = labels.get(name);
        out += name.empty() ? format.substr(begin, end + 2 - begin) : value.empty() ? name : value;
        at = end + 2;
    }
    return out;
}

std::vector<ShownFrame> framesOf(const model::QueryValue& value, const Target& target, std::int64_t stepMs, bool single)
{
    std::vector<ShownFrame> out;
    if (const auto* streams = std::get_if<model::Streams>(&value.data)) {
        out.push_back(logFrame(*streams, target));
    } else if (const auto* scalar = std::get_if<model::Scalar>(&value.data)) {
        out.push_back(seriesFrame({}, { scalar->timeMs }, { scalar->value }, target));
    } else if (const auto* text = std::get_if<model::Text>(&value.data)) {
        ShownFrame frame;
        frame.refId = target.refId;
        frame.fields.push_back(textField("Value", { text->value }));
        out.push_back(std::move(frame));
    } else {
        const auto* vector = std::get_if<model::Vector>(&value.data);
        const auto series = vector ? asSeries(*vector) : std::get<model::Matrix>(value.data);
        if (target.format == "table") {
            out.push_back(tableFrame(series, target, single));
        } else {
            for (const auto& one : series) {
                auto times = one.timesMs;
                auto values = one.values;
                insertGaps(times, values, stepMs);
                out.push_back(seriesFrame(*one.labels, std::move(times), std::move(values), target));
            }
        }
    }
    return out;
}

std::string displayName(const ShownFrame& frame, const ShownField& field)
{
    const auto own = [&]() -> std::string {
        if (!field.column.displayNameFromSource.empty())
            return field.column.displayNameFromSource;
        if (field.column.name == "Value" && !frame.name.empty() && std::ranges::count_if(frame.fields, [](const ShownField& one) { return one.column.type == model::Field::Type::number; }) == 1)
            return frame.name;
        if (field.column.type == model::Field::Type::number && !field.column.labels.empty()) {
            if (field.column.name != "Value")
                return field.column.name + " " + field.column.labels.toString();
            return field.column.labels.size() == 1 ? field.column.labels.begin()->value : field.column.labels.toString();
        }
        return field.column.name;
    };
    if (field.config.displayName && !field.config.displayName->empty())
        return expandName(*field.config.displayName, field, own());
    return own();
}

void applyFieldConfig(std::vector<ShownFrame>& frames, const Json& fieldConfig, const Scope& scope)
{
    const auto defaults = readFieldConfig(fieldConfig["defaults"]);
    std::size_t seriesIndex = 0;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            const auto renamed = field.config.displayName;
            field.config = defaults;
            if (renamed)
                field.config.displayName = renamed;
            else if (defaults.displayName)
                field.config.displayName = interpolate(*defaults.displayName, scope);
            if (field.column.type == model::Field::Type::time && !defaults.unit.starts_with("dateTime") && !defaults.unit.starts_with("time:"))
                field.config.unit.clear();
            if (field.column.type == model::Field::Type::number) {
                field.seriesIndex = seriesIndex++;
                if (fieldConfig["defaults"]["nullValueMode"].text() == "null as zero") {
                    for (auto& value : std::get<std::vector<double>>(field.column.values)) {
                        if (std::isnan(value))
                            value = 0;
                    }
                }
            }
            field.name = displayName(frame, field);
            for (const auto& override : fieldConfig["overrides"].items()) {
                if (!matchesOverride(override["matcher"], frame, field))
                    continue;
                for (const auto& property : override["properties"].items())
                    applyProperty(field.config, property["id"].text(), property["value"]);
            }
            if (field.config.displayName)
                field.config.displayName = interpolate(*field.config.displayName, scope);
            field.name = displayName(frame, field);
            field.range = rangeOf(field.column, field.config);
            if (field.column.type == model::Field::Type::number && field.column.size() > 0) {
                for (const double value : std::get<std::vector<double>>(field.column.values)) {
                    if (!std::isnan(value)) {
                        low = std::min(low, value);
                        high = std::max(high, value);
                    }
                }
            }
        }
    }
    if (low > high)
        return;
    // Columns share one scale unless they are told to have their own.
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            if (field.column.type == model::Field::Type::number && !field.config.fieldMinMax)
                field.range = { field.config.min.value_or(low), field.config.max.value_or(high) };
        }
    }
}

Display displayOf(const ShownField& field, const Palette& palette, const FormatContext& format)
{
    Display display(field.config, field.column.type, field.range, { palette, format, field.seriesIndex, field.name });
    if (field.column.type == model::Field::Type::time && field.column.size() > 1) {
        const auto& times = std::get<std::vector<std::int64_t>>(field.column.values);
        display.setShowMilliseconds(std::abs(times.back() - times.front()) < 60'000);
    }
    return display;
}

std::vector<ReducedValue> reduceFrames(const std::vector<ShownFrame>& frames, const Json& options, const Palette& palette, const FormatContext& format)
{
    std::vector<ReducedValue> out;
    std::vector<std::string> calcs;
    for (const auto& calc : options["calcs"].items())
        calcs.push_back(canonicalReducer(calc.text()));
    if (calcs.empty())
        calcs = { "lastNotNull" };
    const auto fields = options["fields"].toString();
    const Pattern wanted(fields.starts_with('/') ? fields : "/^(?:" + fields + ")$/");
    const bool values = options["values"].toBool();
    const auto limit = static_cast<std::size_t>(options["limit"].toInt(25));
    for (const auto& frame : frames) {
        const auto time = std::ranges::find_if(frame.fields, [](const ShownField& field) { return field.column.type == model::Field::Type::time; });
        for (const auto& field : frame.fields) {
            const bool taken = fields.empty() ? field.column.type == model::Field::Type::number : wanted.matches(field.name) || wanted.matches(field.column.name);
            if (!taken)
                continue;
            if (values) {
                for (std::size_t row = 0; row < field.column.size() && out.size() < limit; ++row)
                    out.push_back(rowValue(frame, field, row, palette, format));
                continue;
            }
            for (const auto& calc : calcs) {
                ReducedValue value;
                value.field = &field;
                value.time = time == frame.fields.end() ? nullptr : &*time;
                value.title = calcs.size() > 1 ? field.name + " " + reducerName(calc) : field.name;
                auto own = field;
                if (!reducerKeepsUnit(calc))
                    own.config.unit.clear();
                if (field.column.type == model::Field::Type::time)
                    own.config.unit = own.config.unit.empty() ? "dateTimeAsSystem" : own.config.unit;
                value.display = displayOf(own, palette, format)(reduce(calc, field.column));
                out.push_back(std::move(value));
            }
        }
    }
    return out;
}

PanelData queryPanel(const PanelRequest& request, std::stop_token stop)
{
    return PanelQuery(request, std::move(stop)).run();
}

Polyline reducedToPixels(const std::vector<std::int64_t>& timesMs, const std::vector<double>& values, TimeRangeMs range, int pixels)
{
    if (pixels <= 0 || range.spanMs() <= 0 || timesMs.size() <= static_cast<std::size_t>(pixels) * 2)
        return { timesMs, values };
    Polyline out;
    const auto pixelOf = [&](std::int64_t timeMs) { return (timeMs - range.fromMs) * pixels / range.spanMs(); };
    for (std::size_t begin = 0; begin < timesMs.size();) {
        const auto pixel = pixelOf(timesMs[begin]);
        auto end = begin;
        std::optional<std::size_t> low;
        std::optional<std::size_t> high;
        for (; end < timesMs.size() && pixelOf(timesMs[end]) == pixel; ++end) {
            if (std::isnan(values[end]))
                continue;
            if (!low || values[end] < values[*low])
                low = end;
            if (!high || values[end] > values[*high])
                high = end;
        }
        if (!low) {
            out.timesMs.push_back(timesMs[begin]);
            out.values.push_back(kNaN);
        } else {
            for (const auto index : { std::min(*low, *high), std::max(*low, *high) }) {
                if (out.timesMs.empty() || out.timesMs.back() != timesMs[index]) {
                    out.timesMs.push_back(timesMs[index]);
                    out.values.push_back(values[index]);
                }
            }
        }
        begin = end;
    }
    return out;
}

}
