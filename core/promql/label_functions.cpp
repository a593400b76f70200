#include "core/base/format.h"
#include "core/promql/evaluator.h"
#include "core/promql/functions.h"

#include "core/base/text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <utility>

namespace belvedere::promql {

namespace {

const std::string& stringArgument(const Call& call, std::size_t index)
{
    return withoutParens(*call.args[index]).as<StringLiteral>()->value;
}

bool isLabelName(std::string_view name)
{
    return !name.empty() && isValidUtf8(name);
}

void setLabel(OutputSeries& series, const std::string& name, const std::string& value)
{
    model::LabelsBuilder builder(*series.effective());
    builder.set(name, value);
    series.labels = model::makeLabels(builder.build());
    series.nameless = false;
    if (name == model::kMetricName)
        series.dropAtEnd = false;
}

// Replacements as Go's regexp.Expand reads them: $1, ${1}, $name, ${name}, $$. A name is as long as it can be, so "$1x" is
// the group named "1x". What does not exist is empty.

class Template {
public:
    Template(std::string_view text, const re2::RE2& regex)
    {
        const auto& names = regex.NamedCapturingGroups();
        while (!text.empty()) {
            const auto dollar = text.find('$');
            addText(text.substr(0, dollar));
            if (dollar == std::string_view::npos)
                return;
            text.remove_prefix(dollar + 1);
            if (text.starts_with('$')) {
                addText("$");
                text.remove_prefix(1);
                continue;
            }
            const auto name = takeName(text);
            if (name.empty()) {
                addText("$");
                continue;
            }
            addGroup(name, names, regex.NumberOfCapturingGroups());
        }
    }

    [[nodiscard]] std::string expand(std::span<const absl::string_view> groups) const
    {
        std::string out;
        for (const auto& part : m_parts) {
            if (part.group < 0)
                out += part.text;
            else if (static_cast<std::size_t>(part.group) < groups.size())
                out.append(groups[static_cast<std::size_t>(part.group)].data(), groups[static_cast<std::size_t>(part.group)].size());
        }
        return out;
    }

private:
    struct Part {
        std::string text;
        int group = -1; ///< -1: text
    };

    void addText(std::string_view text) { m_parts.push_back({ std::string(text), -1 }); }

    static bool isNameChar(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

    /// Takes "name" or "{name}" from the front; "" and nothing taken if it is neither.
    static std::string_view takeName(std::string_view& text)
    {
        const bool braces = text.starts_with('{');
        const auto inside = text.substr(braces ? 1 : 0);
        const auto length = static_cast<std::size_t>(std::ranges::find_if_not(inside, isNameChar) - inside.begin());
        if (length == 0 || (braces && (length >= inside.size() || inside[length] != '}')))
            return {};
        text.remove_prefix(length + (braces ? 2 : 0));
        return inside.substr(0, length);
    }

    template <class Names>
    void addGroup(std::string_view name, const Names& names, int groupCount)
    {
        const bool isNumber = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
        if (isNumber && name.size() < 9) {
            const int number = std::stoi(std::string(name));
            if (number <= groupCount)
                m_parts.push_back({ "", number });
            return;
        }
        const auto found = names.find(std::string(name));
        if (found != names.end())
            m_parts.push_back({ "", found->second });
    }

    std::vector<Part> m_parts;
};

/// A node that only rewrites labels: columns pass through.
Result<StreamPtr> withSeries(QueryContext& context, StreamPtr stream, std::vector<OutputSeries> series, Steps steps)
{
    stream->setSeries(std::move(series));
    return resolveDuplicates(context, std::move(stream), steps.count, DuplicateRule::bothHaveValues);
}

Result<StreamPtr> labelReplace(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    const auto& destination = stringArgument(call, 1);
    const auto& source = stringArgument(call, 3);
    const auto& pattern = stringArgument(call, 4);
    const re2::RE2 regex("^(?s:" + pattern + ")$", re2::RE2::Quiet);
    if (!regex.ok())
        return executionFailure(formatted("invalid regular expression in label_replace(): {}", pattern), call.args[4]->range);
    if (!isLabelName(destination))
        return executionFailure(formatted("invalid destination label name in label_replace(): {}", destination), call.args[1]->range);
    const Template replacement(stringArgument(call, 2), regex);

    auto stream = evaluator.open(*call.args[0], steps);
    if (!stream)
        return stream;
    auto series = (*stream)->takeSeries();
    std::vector<absl::string_view> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (auto going = context.checkStop(i); !going)
            return std::unexpected(std::move(going.error()));
        auto& one = series[i];
        const auto value = one.get(source);
        if (!regex.Match(absl::string_view(value.data(), value.size()), 0, value.size(), re2::RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(groups.size())))
            continue;
        const auto text = replacement.expand(groups);
        setLabel(one, destination, text);
    }
    return withSeries(context, std::move(*stream), std::move(series), steps);
}

Result<StreamPtr> labelJoin(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    const auto& destination = stringArgument(call, 1);
    const auto& separator = stringArgument(call, 2);
    for (std::size_t i = 3; i < call.args.size(); ++i) {
        if (!isLabelName(stringArgument(call, i)))
            return executionFailure(formatted("invalid source label name in label_join(): {}", stringArgument(call, i)), call.args[i]->range);
    }
    if (!isLabelName(destination))
        return executionFailure(formatted("invalid destination label name in label_join(): {}", destination), call.args[1]->range);

    auto stream = evaluator.open(*call.args[0], steps);
    if (!stream)
        return stream;
    auto series = (*stream)->takeSeries();
    for (std::size_t at = 0; at < series.size(); ++at) {
        if (auto going = context.checkStop(at); !going)
            return std::unexpected(std::move(going.error()));
        auto& one = series[at];
        std::string text;
        for (std::size_t i = 3; i < call.args.size(); ++i) {
            if (i > 3)
                text += separator;
            text += one.get(stringArgument(call, i));
        }
        setLabel(one, destination, text);
    }
    return withSeries(context, std::move(*stream), std::move(series), steps);
}

// Order.

/// Digits are compared as numbers: "node2" before "node10".
int compareNaturally(std::string_view a, std::string_view b)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto number = [&](std::string_view& text) {
        auto digits = text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, isDigit) - text.begin()));
        text.remove_prefix(digits.size());
        while (digits.size() > 1 && digits.front() == '0')
            digits.remove_prefix(1);
        return digits;
    };
    while (!a.empty() && !b.empty()) {
        if (isDigit(a.front()) && isDigit(b.front())) {
            const auto x = number(a);
            const auto y = number(b);
            if (x.size() != y.size())
                return x.size() < y.size() ? -1 : 1;
            if (const int order = x.compare(y); order != 0)
                return order;
            continue;
        }
        if (a.front() != b.front())
            return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front()) ? -1 : 1;
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.empty() ? (b.empty() ? 0 : -1) : 1;
}

// info().

constexpr std::array<std::string_view, 2> kIdentifyingLabels { "instance", "job" };
constexpr std::string_view kTargetInfo = "target_info";

/// What info() adds: series that describe an instance, found by `instance` and `job`.
class Enrichment {
public:
    Enrichment(QueryContext& context, const Expr& expr, model::Matchers dataMatchers)
        : m_context(context)
        , m_expr(expr)
        , m_dataMatchers(std::move(dataMatchers))
    {
    }

    static std::string identity(const OutputSeries& series)
    {
        std::string out;
        for (const auto name : kIdentifyingLabels)
            out.append(series.get(name)) += '\xFF';
        return out;
    }

    /// `skipped`: series that are info series themselves and stay as they are.
    Result<StreamPtr> apply(const Block& base, const std::vector<bool>& skipped, const Block& info)
    {
        std::unordered_map<std::string, std::vector<std::size_t>> infoOf;
        for (std::size_t i = 0; i < info.series.size(); ++i)
            infoOf[identity(info.series[i])].push_back(i);
        for (std::size_t i = 0; i < base.series.size(); ++i) {
            if (auto going = m_context.checkStop(); !going)
                return std::unexpected(std::move(going.error()));
            const auto found = infoOf.find(identity(base.series[i]));
            const bool enriched = !skipped[i] && found != infoOf.end();
            for (std::size_t step = 0; step < base.steps(); ++step) {
                const double value = base.column(i)[step];
                if (isAbsent(value))
                    continue;
                std::vector<std::size_t> active;
                for (std::size_t k = 0; enriched && k < found->second.size(); ++k) {
                    if (isPresent(info.column(found->second[k])[step]))
                        active.push_back(found->second[k]);
                }
                auto output = skipped[i] ? Result<std::size_t>(outputFor(base.series[i], *base.series[i].effective())) : enrichedOutput(base.series[i], info, i, active);
                if (!output)
                    return std::unexpected(std::move(output.error()));
                if (*output != kNone)
                    m_cells.push_back({ *output, step, value });
            }
        }
        auto out = Block::create(m_context, std::move(m_outputs), base.steps());
        if (!out)
            return std::unexpected(std::move(out.error()));
        for (const auto& cell : m_cells) {
            double& place = out->column(cell.output)[cell.step];
            if (isPresent(place))
                return executionFailure("vector cannot contain metrics with the same labelset", m_expr.range);
            place = cell.value;
        }
        return streamOf(std::move(*out));
    }

private:
    static constexpr auto kNone = static_cast<std::size_t>(-1);

    struct Cell {
        std::size_t output;
        std::size_t step;
        double value;
    };

    std::size_t outputFor(const OutputSeries& base, model::Labels labels)
    {
        const auto [at, isNew] = m_outputOf.try_emplace(labels, m_outputs.size());
        if (isNew)
            m_outputs.push_back({ model::makeLabels(std::move(labels)), false, base.dropAtEnd });
        return at->second;
    }

    /// kNone if the matchers demand info that this series does not have.
    Result<std::size_t> enrichedOutput(const OutputSeries& base, const Block& info, std::size_t baseIndex, const std::vector<std::size_t>& active)
    {
        if (m_lastBase == baseIndex && m_lastActive == active)
            return m_lastOutput;
        model::LabelsBuilder added;
        std::vector<std::string_view> metrics;
        const auto baseLabels = base.effective();
        for (const auto index : active) {
            const auto metric = info.series[index].get(model::kMetricName);
            if (std::ranges::find(metrics, metric) != metrics.end())
                return executionFailure(formatted("found duplicate series for info metric {}", metric), m_expr.range);
            metrics.push_back(metric);
            for (const auto& label : *info.series[index].labels) {
                if (label.name == model::kMetricName || !wants(label.name) || baseLabels->has(label.name))
                    continue;
                const auto already = added.get(label.name);
                if (!already.empty() && already != label.value)
                    return executionFailure(formatted("conflicting label: {}", label.name), m_expr.range);
                added.set(label.name, label.value);
            }
        }
        m_lastBase = baseIndex;
        m_lastActive = active;
        const bool demanding = std::ranges::any_of(m_dataMatchers, [](const model::Matcher& matcher) { return !matcher.matchesEmpty(); });
        if (added.list().empty() && demanding)
            return m_lastOutput = kNone;
        model::LabelsBuilder builder(*baseLabels);
        for (const auto& label : added.list())
            builder.set(label.name, label.value);
        return m_lastOutput = outputFor(base, builder.build());
    }

    [[nodiscard]] bool wants(std::string_view name) const
    {
        return m_dataMatchers.empty() || std::ranges::any_of(m_dataMatchers, [name](const model::Matcher& matcher) { return matcher.name() == name; });
    }

    QueryContext& m_context;
    const Expr& m_expr;
    model::Matchers m_dataMatchers; ///< without those on the metric name
    std::vector<OutputSeries> m_outputs;
    std::unordered_map<model::Labels, std::size_t> m_outputOf;
    std::vector<Cell> m_cells;
    std::size_t m_lastBase = kNone;
    std::vector<std::size_t> m_lastActive;
    std::size_t m_lastOutput = kNone;
};

/// `name=~"a|b|…"` for the values that the series have; nothing if they have none.
std::optional<model::Matcher> oneOfValues(std::string_view name, const std::vector<OutputSeries>& series, const std::vector<bool>& skipped)
{
    std::vector<std::string> values;
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (!skipped[i] && !series[i].get(name).empty())
            values.emplace_back(series[i].get(name));
    }
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
    std::string pattern;
    for (const auto& value : values)
        pattern += (pattern.empty() ? "" : "|") + re2::RE2::QuoteMeta(value);
    auto matcher = values.empty() ? std::unexpected(Error {}) : model::Matcher::create(model::Matcher::Op::regexMatch, std::string(name), pattern);
    return matcher ? std::optional(std::move(*matcher)) : std::nullopt;
}

}

Result<StreamPtr> openLabelFunction(Evaluator& evaluator, const Call& call, Steps steps)
{
    return call.function->id == FunctionId::labelJoin ? labelJoin(evaluator, call, steps) : labelReplace(evaluator, call, steps);
}

Result<StreamPtr> openSort(Evaluator& evaluator, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    auto stream = evaluator.open(*call.args[0], steps);
    if (!stream || steps.count > 1)
        return stream; // a range query's answer has an order of its own
    auto input = collect(context, **stream, 1);
    if (!input)
        return std::unexpected(std::move(input.error()));
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < input->series.size(); ++i) {
        if (isPresent(input->column(i).front()))
            order.push_back(i);
    }
    const auto id = call.function->id;
    const bool descending = id == FunctionId::sortDesc || id == FunctionId::sortByLabelDesc;
    if (id == FunctionId::sort || id == FunctionId::sortDesc) {
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            const double x = input->column(a).front();
            const double y = input->column(b).front();
            if (std::isnan(x) || std::isnan(y))
                return !std::isnan(x) && std::isnan(y);
            return descending ? x > y : x < y;
        });
    } else {
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            const auto& x = input->series[descending ? b : a];
            const auto& y = input->series[descending ? a : b];
            for (std::size_t i = 1; i < call.args.size(); ++i) {
                const auto& label = stringArgument(call, i);
                if (const int compared = compareNaturally(x.get(label), y.get(label)); compared != 0)
                    return compared < 0;
            }
            return *x.effective() < *y.effective();
        });
    }
    std::vector<OutputSeries> series;
    for (const auto i : order)
        series.push_back(input->series[i]);
    auto out = Block::create(context, std::move(series), 1);
    if (!out)
        return std::unexpected(std::move(out.error()));
    for (std::size_t i = 0; i < order.size(); ++i)
        out->column(i).front() = input->column(order[i]).front();
    return streamOf(std::move(*out));
}

Result<StreamPtr> openInfo(Evaluator& evaluator, const Expr& expr, const Call& call, Steps steps)
{
    auto& context = evaluator.context();
    auto stream = evaluator.open(*call.args[0], steps);
    if (!stream)
        return stream;
    auto base = collect(context, **stream, steps.count);
    if (!base)
        return std::unexpected(std::move(base.error()));

    VectorSelector selector;
    model::Matchers dataMatchers;
    if (call.args.size() > 1) {
        for (const auto& matcher : call.args[1]->as<VectorSelector>()->matchers)
            (matcher.name() == model::kMetricName ? selector.matchers : dataMatchers).push_back(matcher);
    }
    if (selector.matchers.empty()) {
        auto matcher = model::Matcher::create(model::Matcher::Op::equal, std::string(model::kMetricName), std::string(kTargetInfo));
        if (!matcher)
            return std::unexpected(std::move(matcher.error()));
        selector.matchers.push_back(std::move(*matcher));
    }
    std::vector<bool> skipped;
    for (const auto& series : base->series) {
        const auto name = series.get(model::kMetricName);
        skipped.push_back(std::ranges::any_of(selector.matchers, [name](const model::Matcher& matcher) { return matcher.matches(name); }));
    }
    selector.matchers.insert(selector.matchers.end(), dataMatchers.begin(), dataMatchers.end());
    bool anyIdentity = false;
    for (const auto label : kIdentifyingLabels) {
        if (auto matcher = oneOfValues(label, base->series, skipped)) {
            selector.matchers.push_back(std::move(*matcher));
            anyIdentity = true;
        }
    }
    if (!anyIdentity)
        return streamOf(std::move(*base));
    auto infoStream = openSelector(evaluator, selector, steps, false);
    if (!infoStream)
        return infoStream;
    auto info = collect(context, **infoStream, steps.count);
    if (!info)
        return std::unexpected(std::move(info.error()));
    return Enrichment(context, expr, std::move(dataMatchers)).apply(*base, skipped, *info);
}

}
