#include "core/dashboard/panel_data.h"
#include "core/dashboard/loose.h"

#include "core/dashboard/pattern.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

/// Transformations work on whole frames, one after another. A column that is built row by row is a Cells until it is done.
namespace belvedere::dashboard {
namespace {

using Frames = std::vector<ShownFrame>;
using Type = model::Field::Type;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string nameOf(const ShownFrame& frame, const ShownField& field)
{
    return displayName(frame, field);
}

/// The column with the same name, labels and configuration, of these values.
ShownField withCells(const ShownField& like, const std::vector<Value>& cells)
{
    ShownField out = like;
    auto& column = out.column;
    column.nulls.clear();
    const bool anyNull = std::ranges::any_of(cells, [](const Value& cell) { return isNull(cell); });
    if (anyNull) {
        for (const auto& cell : cells)
            column.nulls.push_back(isNull(cell));
    }
    switch (column.type) {
    case Type::time: {
        std::vector<std::int64_t> values;
        for (const auto& cell : cells)
            values.push_back(isNull(cell) ? 0 : wholeMs(numberOf(cell)));
        column.values = std::move(values);
        break;
    }
    case Type::number: {
        std::vector<double> values;
        for (const auto& cell : cells)
            values.push_back(numberOf(cell));
        column.values = std::move(values);
        break;
    }
    case Type::string: {
        std::vector<std::string> values;
        for (const auto& cell : cells)
            values.push_back(textOf(cell));
        column.values = std::move(values);
        break;
    }
    case Type::boolean: {
        std::vector<std::uint8_t> values;
        for (const auto& cell : cells)
            values.push_back(numberOf(cell) == 1);
        column.values = std::move(values);
        break;
    }
    }
    return out;
}

ShownField makeField(std::string name, Type type, const std::vector<Value>& cells)
{
    ShownField field;
    field.column.name = std::move(name);
    field.column.type = type;
    return withCells(field, cells);
}

ShownFrame withRows(const ShownFrame& frame, const std::vector<std::size_t>& rows)
{
    ShownFrame out { frame.refId, frame.name, {} };
    for (const auto& field : frame.fields) {
        std::vector<Value> cells;
        cells.reserve(rows.size());
        for (const auto row : rows)
            cells.push_back(valueAt(field.column, row));
        out.fields.push_back(withCells(field, cells));
    }
    return out;
}

/// Numbers before texts, nulls last.
bool lessValue(const Value& a, const Value& b)
{
    if (isNull(a) || isNull(b))
        return !isNull(a) && isNull(b);
    if (std::holds_alternative<std::string>(a) || std::holds_alternative<std::string>(b))
        return textOf(a) < textOf(b);
    const double x = numberOf(a);
    const double y = numberOf(b);
    if (std::isnan(x) || std::isnan(y))
        return !std::isnan(x) && std::isnan(y);
    return x < y;
}

std::string keyOf(const Value& value)
{
    return std::to_string(value.index()) + ":" + textOf(value);
}

void organize(Frames& frames, const Json& options)
{
    const auto& exclude = options["excludeByName"];
    const auto& include = options["includeByName"];
    const auto& order = options["indexByName"];
    const auto& rename = options["renameByName"];
    const bool onlyIncluded = std::ranges::any_of(include.members(), [](const Json::Member& member) { return member.value.toBool(); });
    for (auto& frame : frames) {
        std::vector<std::pair<std::string, ShownField>> named;
        for (auto& field : frame.fields) {
            auto name = nameOf(frame, field);
            if (!exclude[name].toBool() && (!onlyIncluded || include[name].toBool()))
                named.emplace_back(std::move(name), std::move(field));
        }
        if (order.size() > 0) {
            std::ranges::stable_sort(named, {}, [&order](const auto& one) { return order.has(one.first) ? order[one.first].looseNumber().value_or(1e9) : 1e9; });
        }
        frame.fields.clear();
        for (auto& [name, field] : named) {
            if (const auto to = rename[name].text(); !to.empty())
                field.config.displayName = std::string(to);
            frame.fields.push_back(std::move(field));
        }
    }
}

void filterFieldsByName(Frames& frames, const Json& options)
{
    const auto matches = [](const Json& rule, const std::string& name) {
        if (std::ranges::any_of(rule["names"].items(), [&name](const Json& one) { return one.text() == name; }))
            return true;
        const auto pattern = rule["pattern"].toString();
        return !pattern.empty() && Pattern(pattern.starts_with('/') ? pattern : "/" + pattern + "/").matches(name);
    };
    for (auto& frame : frames) {
        std::erase_if(frame.fields, [&](const ShownField& field) {
            const auto name = nameOf(frame, field);
            const bool kept = !options["include"].isObject() || matches(options["include"], name);
            return !kept || (options["exclude"].isObject() && matches(options["exclude"], name));
        });
    }
    std::erase_if(frames, [](const ShownFrame& frame) { return frame.fields.empty(); });
}

void sortBy(Frames& frames, const Json& options)
{
    const auto& rule = options["sort"][0];
    for (auto& frame : frames) {
        const auto field = std::ranges::find_if(frame.fields, [&](const ShownField& one) { return nameOf(frame, one) == rule["field"].text() || one.column.name == rule["field"].text(); });
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

/// All series under each other: time, metric, value; newest first.
void seriesToRows(Frames& frames)
{
    struct Row {
        std::int64_t time;
        std::string metric;
        Value value;
    };
    std::vector<Row> rows;
    for (const auto& frame : frames) {
        const auto time = std::ranges::find_if(frame.fields, [](const ShownField& field) { return field.column.type == Type::time; });
        if (time == frame.fields.end())
            continue;
        for (const auto& field : frame.fields) {
            if (field.column.type == Type::time)
                continue;
            for (std::size_t row = 0; row < field.column.size(); ++row)
                rows.push_back({ wholeMs(numberOf(valueAt(time->column, row))), nameOf(frame, field), valueAt(field.column, row) });
        }
    }
    std::ranges::stable_sort(rows, std::greater<>(), &Row::time);
    std::vector<Value> times;
    std::vector<Value> metrics;
    std::vector<Value> values;
    for (auto& row : rows) {
        times.emplace_back(static_cast<double>(row.time));
        metrics.emplace_back(std::move(row.metric));
        values.push_back(std::move(row.value));
    }
    ShownFrame out;
    out.fields = { makeField("Time", Type::time, times), makeField("Metric", Type::string, metrics), makeField("Value", Type::number, values) };
    frames = { std::move(out) };
}

/// Tables with columns in common become one: rows that agree in all of those are joined.
void merge(Frames& frames)
{
    std::erase_if(frames, [](const ShownFrame& frame) { return frame.fields.empty(); });
    if (frames.size() < 2)
        return;
    std::vector<ShownField> columns;
    std::map<std::string, std::size_t> byName;
    std::map<std::string, std::size_t> uses;
    for (const auto& frame : frames) {
        for (const auto& field : frame.fields) {
            ++uses[field.column.name];
            if (byName.emplace(field.column.name, columns.size()).second)
                columns.push_back(field);
        }
    }
    std::vector<std::vector<Value>> rows;
    std::map<std::string, std::vector<std::size_t>> index;
    for (const auto& frame : frames) {
        for (std::size_t r = 0; r < frame.rows(); ++r) {
            std::string key;
            std::vector<Value> cells(columns.size());
            for (const auto& field : frame.fields) {
                const auto column = byName[field.column.name];
                cells[column] = valueAt(field.column, r);
                if (uses[field.column.name] == frames.size())
                    key += keyOf(cells[column]) + "\x1f";
            }
            bool joined = false;
            for (const auto candidate : index[key]) {
                auto& row = rows[candidate];
                bool fits = true;
                for (std::size_t c = 0; c < cells.size(); ++c)
                    fits &= isNull(cells[c]) || isNull(row[c]) || cells[c] == row[c];
                if (!fits)
                    continue;
                for (std::size_t c = 0; c < cells.size(); ++c) {
                    if (!isNull(cells[c]))
                        row[c] = std::move(cells[c]);
                }
                joined = true;
                break;
            }
            if (!joined) {
                index[key].push_back(rows.size());
                rows.push_back(std::move(cells));
            }
        }
    }
    ShownFrame out { frames.front().refId, frames.front().name, {} };
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::vector<Value> cells;
        for (auto& row : rows)
            cells.push_back(row[c]);
        out.fields.push_back(withCells(columns[c], cells));
    }
    frames = { std::move(out) };
}

void joinByField(Frames& frames, const Json& options)
{
    const auto by = options["byField"].toString();
    const auto keyField = [&by](const ShownFrame& frame) {
        return std::ranges::find_if(frame.fields, [&](const ShownField& field) { return by.empty() ? field.column.type == Type::time : nameOf(frame, field) == by || field.column.name == by; });
    };
    std::erase_if(frames, [&](const ShownFrame& frame) { return keyField(frame) == frame.fields.end(); });
    if (frames.size() < 2)
        return;
    const bool inner = options["mode"].text() == "inner";
    std::vector<Value> keys;
    std::map<std::string, std::size_t> rowOf;
    std::map<std::string, std::size_t> seen;
    for (const auto& frame : frames) {
        const auto& key = keyField(frame)->column;
        std::set<std::string> here;
        for (std::size_t row = 0; row < key.size(); ++row) {
            const auto value = valueAt(key, row);
            const auto text = keyOf(value);
            if (here.insert(text).second)
                ++seen[text];
            if (rowOf.emplace(text, keys.size()).second)
                keys.push_back(value);
        }
    }
    if (inner)
        std::erase_if(keys, [&](const Value& value) { return seen[keyOf(value)] < frames.size(); });
    if (keyField(frames.front())->column.type == Type::time)
        std::ranges::stable_sort(keys, lessValue);
    rowOf.clear();
    for (std::size_t row = 0; row < keys.size(); ++row)
        rowOf[keyOf(keys[row])] = row;
    ShownFrame out { frames.front().refId, "", { withCells(*keyField(frames.front()), keys) } };
    for (const auto& frame : frames) {
        const auto key = keyField(frame);
        for (const auto& field : frame.fields) {
            if (&field == &*key)
                continue;
            std::vector<Value> cells(keys.size());
            for (std::size_t row = 0; row < field.column.size(); ++row) {
                if (const auto place = rowOf.find(keyOf(valueAt(key->column, row))); place != rowOf.end())
                    cells[place->second] = valueAt(field.column, row);
            }
            auto joined = withCells(field, cells);
            if (joined.column.displayNameFromSource.empty() && field.column.name == "Value" && !frame.name.empty())
                joined.column.displayNameFromSource = frame.name;
            out.fields.push_back(std::move(joined));
        }
    }
    frames = { std::move(out) };
}

void reduceFields(Frames& frames, const Json& options)
{
    std::vector<std::string> calcs;
    for (const auto& calc : options["reducers"].items())
        calcs.push_back(canonicalReducer(calc.text()));
    if (calcs.empty())
        calcs = { "max" };
    if (options["mode"].text() == "reduceFields") {
        for (auto& frame : frames) {
            ShownFrame out { frame.refId, frame.name, {} };
            for (const auto& field : frame.fields) {
                if (field.column.type == Type::time && !options["includeTimeField"].toBool())
                    continue;
                auto reduced = withCells(field, { dashboard::reduce(calcs.front(), field.column) });
                out.fields.push_back(std::move(reduced));
            }
            frame = std::move(out);
        }
        return;
    }
    std::vector<Value> names;
    std::vector<std::vector<Value>> columns(calcs.size());
    std::vector<std::string> labelNames;
    std::vector<std::vector<Value>> labelCells;
    for (const auto& frame : frames) {
        for (const auto& field : frame.fields) {
            if (field.column.type != Type::number)
                continue;
            names.emplace_back(nameOf(frame, field));
            for (std::size_t i = 0; i < calcs.size(); ++i)
                columns[i].push_back(dashboard::reduce(calcs[i], field.column));
            if (options["labelsToFields"].toBool()) {
                for (const auto& label : field.column.labels) {
                    auto place = std::ranges::find(labelNames, label.name);
                    if (place == labelNames.end()) {
                        labelNames.push_back(label.name);
                        labelCells.emplace_back();
                        place = labelNames.end() - 1;
                    }
                    auto& cells = labelCells[static_cast<std::size_t>(place - labelNames.begin())];
                    cells.resize(names.size() - 1);
                    cells.emplace_back(label.value);
                }
            }
        }
    }
    ShownFrame out;
    out.fields.push_back(makeField("Field", Type::string, names));
    for (std::size_t i = 0; i < labelNames.size(); ++i) {
        labelCells[i].resize(names.size());
        out.fields.push_back(makeField(labelNames[i], Type::string, labelCells[i]));
    }
    for (std::size_t i = 0; i < calcs.size(); ++i)
        out.fields.push_back(makeField(reducerName(calcs[i]), Type::number, columns[i]));
    frames = { std::move(out) };
}

void labelsToFields(Frames& frames, const Json& options)
{
    const bool toRows = options["mode"].text() == "rows";
    std::set<std::string> kept;
    for (const auto& name : options["keepLabels"].items())
        kept.insert(name.toString());
    Frames out;
    for (const auto& frame : frames) {
        for (const auto& field : frame.fields) {
            if (field.column.type == Type::time)
                continue;
            const auto& labels = field.column.labels;
            if (toRows) {
                std::vector<Value> names;
                std::vector<Value> values;
                for (const auto& label : labels) {
                    names.emplace_back(label.name);
                    values.emplace_back(label.value);
                }
                out.push_back({ frame.refId, nameOf(frame, field), { makeField("label", Type::string, names), makeField("value", Type::string, values) } });
                continue;
            }
            ShownFrame one { frame.refId, "", {} };
            for (const auto& other : frame.fields) {
                if (other.column.type == Type::time)
                    one.fields.push_back(other);
            }
            auto value = field;
            for (const auto& label : labels) {
                if (!kept.empty() && !kept.contains(label.name))
                    continue;
                if (label.name == options["valueLabel"].text()) {
                    value.column.name = label.value;
                    continue;
                }
                one.fields.push_back(makeField(label.name, Type::string, std::vector<Value>(field.column.size(), Value(label.value))));
            }
            value.column.labels = {};
            value.column.displayNameFromSource.clear();
            one.fields.push_back(std::move(value));
            out.push_back(std::move(one));
        }
    }
    frames = std::move(out);
    if (!toRows)
        merge(frames);
}

void partitionByValues(Frames& frames, const Json& options)
{
    std::set<std::string> by;
    for (const auto& name : options["fields"].items())
        by.insert(name.toString());
    const bool keep = options["keepFields"].toBool();
    Frames out;
    for (const auto& frame : frames) {
        std::map<std::string, std::size_t> group;
        std::vector<std::vector<std::size_t>> rows;
        std::vector<std::string> names;
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            std::string key;
            for (const auto& field : frame.fields) {
                if (by.contains(nameOf(frame, field)))
                    key += (key.empty() ? "" : " ") + textOf(valueAt(field.column, row));
            }
            const auto [place, fresh] = group.emplace(key, rows.size());
            if (fresh) {
                rows.emplace_back();
                names.push_back(key);
            }
            rows[place->second].push_back(row);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto part = withRows(frame, rows[i]);
            part.name = names[i];
            std::vector<model::Label> labels;
            for (const auto& field : part.fields) {
                if (by.contains(nameOf(frame, field)))
                    labels.push_back({ field.column.name, textOf(valueAt(field.column, 0)) });
            }
            if (!keep)
                std::erase_if(part.fields, [&](const ShownField& field) { return by.contains(nameOf(frame, field)); });
            for (auto& field : part.fields) {
                if (field.column.type == Type::number)
                    field.column.labels = model::Labels(labels);
            }
            out.push_back(std::move(part));
        }
    }
    frames = std::move(out);
}

void groupBy(Frames& frames, const Json& options)
{
    for (auto& frame : frames) {
        std::vector<const ShownField*> keys;
        for (const auto& field : frame.fields) {
            if (options["fields"][nameOf(frame, field)]["operation"].text() == "groupby")
                keys.push_back(&field);
        }
        if (keys.empty())
            continue;
        std::map<std::string, std::size_t> group;
        std::vector<std::vector<std::size_t>> rows;
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            std::string key;
            for (const auto* field : keys)
                key += keyOf(valueAt(field->column, row)) + "\x1f";
            const auto [place, fresh] = group.emplace(key, rows.size());
            if (fresh)
                rows.emplace_back();
            rows[place->second].push_back(row);
        }
        ShownFrame out { frame.refId, frame.name, {} };
        for (const auto* field : keys) {
            std::vector<Value> cells;
            for (const auto& one : rows)
                cells.push_back(valueAt(field->column, one.front()));
            out.fields.push_back(withCells(*field, cells));
        }
        for (const auto& field : frame.fields) {
            const auto& rule = options["fields"][nameOf(frame, field)];
            if (rule["operation"].text() != "aggregate")
                continue;
            for (const auto& calc : rule["aggregations"].items()) {
                std::vector<Value> cells;
                for (const auto& one : rows) {
                    const ShownFrame single { {}, {}, { field } };
                    cells.push_back(dashboard::reduce(calc.text(), withRows(single, one).fields.front().column));
                }
                auto made = makeField(nameOf(frame, field) + " (" + calc.toString() + ")", reducerKeepsUnit(calc.text()) ? field.column.type : Type::number, cells);
                out.fields.push_back(std::move(made));
            }
        }
        frame = std::move(out);
    }
}

double combined(double a, std::string_view operation, double b)
{
    if (operation == "-")
        return a - b;
    if (operation == "*")
        return a * b;
    if (operation == "/")
        return a / b;
    if (operation == "%")
        return std::fmod(a, b);
    if (operation == "**" || operation == "^")
        return std::pow(a, b);
    return a + b;
}

double applyUnary(std::string_view operation, double value)
{
    return operation == "abs" ? std::abs(value) : operation == "exp" ? std::exp(value) : operation == "ln" ? std::log(value) : operation == "floor" ? std::floor(value) : operation == "ceil" ? std::ceil(value) : operation == "round" ? std::round(value) : kNaN;
}

/// A column of the frame by an operand of binary mode: a field's name, a fixed number, or {matcher}.
std::vector<double> operand(const ShownFrame& frame, const Json& json)
{
    const auto& inner = json.isObject() && json.has("fixed") ? json["fixed"] : json;
    std::string name = inner.isString() ? inner.toString() : inner["matcher"]["options"].toString();
    for (const auto& field : frame.fields) {
        if (nameOf(frame, field) != name && field.column.name != name)
            continue;
        std::vector<double> out;
        for (std::size_t row = 0; row < frame.rows(); ++row)
            out.push_back(numberOf(valueAt(field.column, row)));
        return out;
    }
    return std::vector<double>(frame.rows(), inner.looseNumber().value_or(kNaN));
}

void calculateField(Frames& frames, const Json& options)
{
    const auto mode = options["mode"].toString("reduceRow");
    for (auto& frame : frames) {
        std::vector<Value> cells;
        std::string name = options["alias"].toString();
        if (mode == "binary") {
            const auto& binary = options["binary"];
            const auto left = operand(frame, binary["left"]);
            const auto right = operand(frame, binary["right"]);
            const auto operation = binary["operator"].toString("+");
            for (std::size_t row = 0; row < frame.rows(); ++row)
                cells.emplace_back(combined(left[row], operation, right[row]));
            if (name.empty()) {
                const auto word = [](const Json& side) { return side.isString() ? side.toString() : side["fixed"].isString() ? side["fixed"].toString() : side["matcher"]["options"].toString(); };
                name = word(binary["left"]) + " " + operation + " " + word(binary["right"]);
            }
        } else if (mode == "unary") {
            const auto values = operand(frame, options["unary"]["fieldName"]);
            const auto operation = options["unary"]["operator"].toString();
            for (const double value : values)
                cells.emplace_back(applyUnary(operation, value));
            if (name.empty())
                name = operation + "(" + options["unary"]["fieldName"].toString() + ")";
        } else if (mode == "index") {
            for (std::size_t row = 0; row < frame.rows(); ++row)
                cells.emplace_back(static_cast<double>(row));
            if (name.empty())
                name = "Row";
        } else if (mode == "reduceRow") {
            const auto calc = canonicalReducer(options["reduce"]["reducer"].toString("sum"));
            std::set<std::string> only;
            for (const auto& one : options["reduce"]["include"].items())
                only.insert(one.toString());
            for (std::size_t row = 0; row < frame.rows(); ++row) {
                std::vector<Value> line;
                for (const auto& field : frame.fields) {
                    if (field.column.type == Type::number && (only.empty() || only.contains(nameOf(frame, field))))
                        line.push_back(valueAt(field.column, row));
                }
                cells.push_back(dashboard::reduce(calc, makeField("", Type::number, line).column));
            }
            if (name.empty())
                name = reducerName(calc);
        } else {
            continue;
        }
        if (options["replaceFields"].toBool())
            std::erase_if(frame.fields, [](const ShownField& field) { return field.column.type != Type::time; });
        frame.fields.push_back(makeField(std::move(name), Type::number, cells));
    }
}

void renameByRegex(Frames& frames, const Json& options)
{
    const auto text = options["regex"].toString();
    const Pattern pattern(text.starts_with('/') ? text : "/" + text + "/");
    if (!pattern.valid())
        return;
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            const auto name = nameOf(frame, field);
            if (pattern.matches(name))
                field.config.displayName = pattern.replaced(name, options["renamePattern"].text());
        }
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

void filterByValue(Frames& frames, const Json& options)
{
    const bool include = options["type"].text() != "exclude";
    const bool all = options["match"].text() == "all";
    for (auto& frame : frames) {
        std::vector<std::pair<const Json*, const ShownField*>> rules;
        for (const auto& filter : options["filters"].items()) {
            for (const auto& field : frame.fields) {
                if (nameOf(frame, field) == filter["fieldName"].text() || field.column.name == filter["fieldName"].text()) {
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

void convertFieldType(Frames& frames, const Json& options)
{
    for (auto& frame : frames) {
        for (auto& field : frame.fields) {
            for (const auto& rule : options["conversions"].items()) {
                if (rule["targetField"].text() != nameOf(frame, field))
                    continue;
                const auto to = rule["destinationType"].text();
                std::vector<Value> cells;
                for (std::size_t row = 0; row < field.column.size(); ++row)
                    cells.push_back(valueAt(field.column, row));
                field.column.type = to == "number" ? Type::number : to == "time" ? Type::time : to == "boolean" ? Type::boolean : Type::string;
                field = withCells(field, cells);
            }
        }
    }
}

}

void applyTransformations(std::vector<ShownFrame>& frames, const Json& transformations, const Scope& scope)
{
    for (const auto& item : transformations.items()) {
        if (item["disabled"].toBool())
            continue;
        const auto id = item["id"].text();
        // Options may use variables in any of their texts.
        const auto options = Json::parse(interpolate(item["options"].write(), scope)).value_or(item["options"]);
        if (id == "organize")
            organize(frames, options);
        else if (id == "filterFieldsByName")
            filterFieldsByName(frames, options);
        else if (id == "sortBy")
            sortBy(frames, options);
        else if (id == "seriesToRows")
            seriesToRows(frames);
        else if (id == "merge")
            merge(frames);
        else if (id == "joinByField" || id == "seriesToColumns")
            joinByField(frames, options);
        else if (id == "reduce")
            reduceFields(frames, options);
        else if (id == "labelsToFields")
            labelsToFields(frames, options);
        else if (id == "partitionByValues")
            partitionByValues(frames, options);
        else if (id == "groupBy")
            groupBy(frames, options);
        else if (id == "calculateField")
            calculateField(frames, options);
        else if (id == "renameByRegex")
            renameByRegex(frames, options);
        else if (id == "limit")
            limitRows(frames, options);
        else if (id == "filterByRefId")
            filterByRefId(frames, options);
        else if (id == "filterByValue")
            filterByValue(frames, options);
        else if (id == "convertFieldType")
            convertFieldType(frames, options);
    }
}

}
