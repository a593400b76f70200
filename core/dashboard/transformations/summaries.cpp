#include "core/dashboard/transformations/kinds.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Transformations that make one value of many: of a column, or of the rows that agree in some columns.

namespace belvedere::dashboard {

using Type = model::Field::Type;

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
                auto reduced = withCells(field, { reduce(calcs.front(), field.column) });
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
            names.emplace_back(displayName(frame, field));
            for (std::size_t i = 0; i < calcs.size(); ++i)
                columns[i].push_back(reduce(calcs[i], field.column));
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

void groupBy(Frames& frames, const Json& options)
{
    for (auto& frame : frames) {
        std::vector<const ShownField*> keys;
        for (const auto& field : frame.fields) {
            if (options["fields"][displayName(frame, field)]["operation"].text() == "groupby")
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
            const auto& rule = options["fields"][displayName(frame, field)];
            if (rule["operation"].text() != "aggregate")
                continue;
            for (const auto& calc : rule["aggregations"].items()) {
                const ShownFrame single { {}, {}, { field } };
                std::vector<Value> cells;
                for (const auto& one : rows) {
                    cells.push_back(reduce(calc.text(), withRows(single, one).fields.front().column));
                }
                auto made = makeField(displayName(frame, field) + " (" + calc.toString() + ")", reducerKeepsUnit(calc.text()) ? field.column.type : Type::number, cells);
                out.fields.push_back(std::move(made));
            }
        }
        frame = std::move(out);
    }
}

}
