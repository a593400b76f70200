#include "core/dashboard/loose.h"
#include "core/dashboard/transformations/kinds.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Transformations between one frame a series, which charts want, and one table, which people read.

namespace belvedere::dashboard {

using Type = model::Field::Type;

void seriesToRows(Frames& frames, const Json&)
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
                rows.push_back({ wholeMs(numberOf(valueAt(time->column, row))), displayName(frame, field), valueAt(field.column, row) });
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

void merge(Frames& frames, const Json&)
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
        return std::ranges::find_if(frame.fields, [&](const ShownField& field) { return by.empty() ? field.column.type == Type::time : displayName(frame, field) == by || field.column.name == by; });
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
                out.push_back({ frame.refId, displayName(frame, field), { makeField("label", Type::string, names), makeField("value", Type::string, values) } });
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
        merge(frames, {});
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
                if (by.contains(displayName(frame, field)))
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
                if (by.contains(displayName(frame, field)))
                    labels.push_back({ field.column.name, textOf(valueAt(field.column, 0)) });
            }
            if (!keep)
                std::erase_if(part.fields, [&](const ShownField& field) { return by.contains(displayName(frame, field)); });
            for (auto& field : part.fields) {
                if (field.column.type == Type::number)
                    field.column.labels = model::Labels(labels);
            }
            out.push_back(std::move(part));
        }
    }
    frames = std::move(out);
}

}
