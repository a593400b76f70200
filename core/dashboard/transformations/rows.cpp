#include "core/dashboard/loose.h"
#include "core/dashboard/pattern.h"
#include "core/dashboard/transformations/kinds.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

// Transformations that choose and order rows; filterByRefId, which drops whole frames, is one of them to people.

namespace belvedere::dashboard {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool fitsFilter(const Json& filter, const Value& value)
{
    const auto id = filter["config"]["id"].text();
    const auto& options = filter["config"]["options"];
    const auto& wanted = options["value"];
    const double number = numberOf(value);
    const double limit = wanted.looseNumber().value_or(kNaN);
    if (id == "isNull")
        return isNull(value);
    if (id == "isNotNull")
        return !isNull(value);
    if (id == "greater")
        return number > limit;
    if (id == "greaterOrEqual")
        return number >= limit;
    if (id == "lower")
        return number < limit;
    if (id == "lowerOrEqual")
        return number <= limit;
    if (id == "between" || id == "range")
        return number > options["from"].looseNumber().value_or(kNaN) && number < options["to"].looseNumber().value_or(kNaN);
    if (id == "regex")
        return Pattern("/" + wanted.toString() + "/").matches(textOf(value));
    const auto text = wanted.isString() ? wanted.toString() : wanted.isNumber() ? textOf(wanted.toDouble()) : std::string();
    if (id == "substring")
        return textOf(value).find(text) != std::string::npos;
    if (id == "notSubstring")
        return textOf(value).find(text) == std::string::npos;
    const bool equal = textOf(value) == text || number == limit;
    return id == "notEqual" ? !equal : equal;
}

}

void sortBy(Frames& frames, const Json& options)
{
    const auto& rule = options["sort"][0];
    for (auto& frame : frames) {
        const auto field = std::ranges::find_if(frame.fields, [&](const ShownField& one) { return displayName(frame, one) == rule["field"].text() || one.column.name == rule["field"].text(); });
        if (field == frame.fields.end())
            continue;
        std::vector<std::size_t> rows(frame.rows());
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i] = i;
        const bool descending = rule["desc"].toBool();
        std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
            const auto x = valueAt(field->column, a);
            const auto y = valueAt(field->column, b);
            if (isNull(x) || isNull(y))
                return lessValue(x, y);
            return descending ? lessValue(y, x) : lessValue(x, y);
        });
        frame = withRows(frame, rows);
    }
}

void limitRows(Frames& frames, const Json& options)
{
    const auto count = static_cast<std::size_t>(std::max(0, looseInt(options["limitField"]).value_or(10)));
    for (auto& frame : frames) {
        if (frame.rows() <= count)
            continue;
        std::vector<std::size_t> rows(count);
        for (std::size_t i = 0; i < count; ++i)
            rows[i] = i;
        frame = withRows(frame, rows);
    }
}

void filterByRefId(Frames& frames, const Json& options)
{
    const auto pattern = options["include"].toString();
    const Pattern wanted(pattern.starts_with('/') ? pattern : "/^(?:" + pattern + ")$/");
    std::erase_if(frames, [&wanted](const ShownFrame& frame) { return !wanted.matches(frame.refId); });
}

void filterByValue(Frames& frames, const Json& options)
{
    const bool include = options["type"].text() != "exclude";
    const bool all = options["match"].text() == "all";
    for (auto& frame : frames) {
        std::vector<std::pair<const Json*, const ShownField*>> rules;
        for (const auto& filter : options["filters"].items()) {
            for (const auto& field : frame.fields) {
                if (displayName(frame, field) == filter["fieldName"].text() || field.column.name == filter["fieldName"].text()) {
                    rules.emplace_back(&filter, &field);
                    break;
                }
            }
        }
        if (rules.empty())
            continue;
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            const auto fits = [row](const auto& rule) { return fitsFilter(*rule.first, valueAt(rule.second->column, row)); };
            const bool matched = all ? std::ranges::all_of(rules, fits) : std::ranges::any_of(rules, fits);
            if (matched == include)
                rows.push_back(row);
        }
        frame = withRows(frame, rows);
    }
}

}
