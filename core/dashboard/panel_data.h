#pragma once

#include "core/dashboard/display.h"
#include "core/dashboard/placement.h"
#include "core/dashboard/reducers.h"
#include "core/dashboard/variables.h"
#include "core/model/query_value.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace belvedere::dashboard {

/// A column with everything that decides how it is shown.
struct ShownField {
    model::Field column;
    FieldConfig config;
    std::string name;        ///< what legends and headers say
    std::size_t seriesIndex = 0;
    ValueRange range;
};

struct ShownFrame {
    std::string refId;
    std::string name;
    std::vector<ShownField> fields;

    [[nodiscard]] std::size_t rows() const { return fields.empty() ? 0 : fields.front().column.size(); }
};

/// A query as it went out, for the inspector.
struct ExecutedQuery {
    std::string refId;
    std::string expr;
    std::string source;
    bool instant = false;
    std::int64_t stepMs = 0;
    double seconds = 0;
    std::string error;
};

struct LogRow {
    std::int64_t timeNs = 0;
    std::string line;
    model::LabelsRef labels;
    std::vector<model::Label> metadata;
    std::vector<model::Label> parsed;
};

/// What a panel draws: the result of its queries, transformed and configured.
struct PanelData {
    std::vector<ShownFrame> frames;
    std::vector<LogRow> logs; ///< newest first
    std::vector<ExecutedQuery> queries;
    std::vector<std::string> problems; ///< errors; beside results where only some queries failed
    std::vector<std::string> remarks;  ///< incomplete answers, warnings
    TimeRangeMs range;
    std::int64_t intervalMs = 0;
    bool failed = false; ///< no query succeeded
    std::string title;       ///< with variables replaced
    std::string text;        ///< a text panel's content, likewise
};

/// What queryPanel() needs to know; everything by value or shared, so that it can run on any thread.
struct PanelRequest {
    std::shared_ptr<const Document> document;
    std::shared_ptr<const std::vector<Variable>> variables;
    std::shared_ptr<const datasource::Registry> registry;
    Panel panel;
    TimeRangeMs range;       ///< of the dashboard; timeFrom and timeShift of the panel are applied to it
    std::int64_t nowMs = 0;
    int widthPx = 800;
    TimeZone zone;
    Palette palette;
    std::vector<Repeat> repeats; ///< for a copy of a repeated panel or row
};

/// Runs a panel's queries one after another and prepares what it shows. Blocks; call it on the query pool. It ends soon after
/// `stop` is requested, with what it has.
[[nodiscard]] PanelData queryPanel(const PanelRequest& request, std::stop_token stop);

/// A query's answer as frames, the way Grafana makes them of Prometheus' and Loki's: one a series for time_series, one table
/// for table. `single` says whether the panel has no other table query, whose columns would need telling apart.
[[nodiscard]] std::vector<ShownFrame> framesOf(const model::QueryValue& value, const Target& target, std::int64_t stepMs, bool single);
/// `{{label}}` and `{{ label }}` replaced; labels that are not there leave their name.
[[nodiscard]] std::string formatLegend(std::string_view format, const model::Labels& labels);

/// Runs the panel's transformations in their order; unknown ones are skipped.
void applyTransformations(std::vector<ShownFrame>& frames, const Json& transformations, const Scope& scope);
[[nodiscard]] bool isKnownTransformation(std::string_view id);
/// Gives every column its configuration (defaults, then overrides in their order), name, index and range.
void applyFieldConfig(std::vector<ShownFrame>& frames, const Json& fieldConfig, const Scope& scope);
/// A display for one column.
[[nodiscard]] Display displayOf(const ShownField& field, const Palette& palette, const FormatContext& format);
[[nodiscard]] std::string displayName(const ShownFrame& frame, const ShownField& field);

/// One value of a stat, gauge or bar gauge.
struct ReducedValue {
    DisplayValue display;
    std::string title;
    const ShownField* field = nullptr; ///< valid as long as the frames
    const ShownField* time = nullptr;  ///< of the same frame; null if it has none
};
/// What `options.reduceOptions` makes of the frames.
[[nodiscard]] std::vector<ReducedValue> reduceFrames(const std::vector<ShownFrame>& frames, const Json& reduceOptions, const Palette& palette, const FormatContext& format);

/// A series for the screen: at most two points a pixel, and every spike still in it.
struct Polyline {
    std::vector<std::int64_t> timesMs;
    std::vector<double> values; ///< NaN: a gap
};
[[nodiscard]] Polyline reducedToPixels(const std::vector<std::int64_t>& timesMs, const std::vector<double>& values, TimeRangeMs range, int pixels);

}
