#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::dashboard {

/// Something that a person who opens a foreign dashboard may want to know.
struct Finding {
    enum class Kind : std::uint8_t {
        changed,     ///< an older form was turned into today's; nothing is lost
        guessed,     ///< it has no exact counterpart; the nearest was taken
        unsupported, ///< kept and written again, but not shown or not done
    };
    Kind kind = Kind::changed;
    std::int64_t panelId = 0; ///< 0: the dashboard as a whole
    std::string message;

    bool operator==(const Finding&) const = default;
};

/// Cells of a grid 24 columns wide; one row is 30 pixels and a gap of 8.
/// Grafana leaves the place of a panel that has just this one out of its files.
struct GridPos {
    int x = 0;
    int y = 0;
    int w = 6;
    int h = 3;

    bool operator==(const GridPos&) const = default;
};

/// As the document has it: uid, name, variable, or nothing at all. See resolveSource().
struct SourceRef {
    std::string type;
    std::string uid;

    [[nodiscard]] bool empty() const { return type.empty() && uid.empty(); }
    bool operator==(const SourceRef&) const = default;
};

struct Target {
    std::string refId;
    std::string expr;
    std::string legendFormat; ///< "" and "__auto": made from the labels
    std::string format;       ///< time_series, table, heatmap, logs
    std::string interval;     ///< lowest step, a text like "30s"
    bool instant = false;
    bool range = true;
    bool hide = false;
    int intervalFactor = 1;
    int maxLines = 0;
    SourceRef source;
};

struct Panel {
    std::int64_t id = 0;
    std::string type;
    std::string title;
    std::string description;
    GridPos grid;
    SourceRef source;
    std::vector<Target> targets;
    Json fieldConfig;
    Json options;
    Json transformations;
    std::string interval;
    int maxDataPoints = 0;
    std::string timeFrom;
    std::string timeShift;
    bool hideTimeOverride = false;
    bool transparent = false;
    bool collapsed = false;     ///< of a row
    std::string repeat;         ///< a variable's name
    bool repeatVertically = false;
    int maxPerRow = 0;
    std::vector<Panel> panels;  ///< of a collapsed row
};

struct VariableOption {
    std::string text;
    std::string value;

    bool operator==(const VariableOption&) const = default;
};

/// The value that stands for all of a variable's options.
inline constexpr std::string_view kAllValue = "$__all";

struct Variable {
    std::string name;
    std::string label;
    std::string type; ///< query, custom, interval, datasource, textbox, constant, adhoc
    std::string query;
    Json queryObject; ///< where the document has more than a text
    std::string regex;
    std::string allValue;
    SourceRef source;
    int sort = 0;
    int hide = 0; ///< 1: no label, 2: not shown
    bool multi = false;
    bool includeAll = false;
    bool autoInterval = false;
    int autoCount = 30;
    std::string autoMin = "10s";
    std::vector<VariableOption> options;
    std::vector<std::string> values; ///< what is chosen: kAllValue alone, one, or with `multi` several
    std::vector<std::string> texts;  ///< beside `values`

    bool operator==(const Variable&) const = default;
    [[nodiscard]] bool isAll() const { return !values.empty() && values.front() == kAllValue; }
};

/// A Grafana dashboard: read in any age of the classic form (rows or grid, Angular panels), shown in today's.
///
/// It keeps the whole tree. What nobody changed is written as it came, to the byte; what was changed is today's form with
/// everything that is not understood still in it. A value: copies are independent.
class Document {
public:
    /// Also takes the envelopes of Grafana's API ({"dashboard": …}) and of its Kubernetes resources (spec), and the v2 form
    /// (elements and layout), which becomes the classic one when it is edited.
    [[nodiscard]] static Result<Document> parse(std::string text);
    [[nodiscard]] static Document create(std::string title);

    [[nodiscard]] const std::vector<Finding>& report() const noexcept { return m_report; }
    /// The text it was read from as long as nothing was changed.
    [[nodiscard]] std::string write() const;
    /// Today's classic form, whether edited or not.
    [[nodiscard]] std::string writeClassic() const { return m_root.write(2) + "\n"; }
    [[nodiscard]] bool isModified() const noexcept { return m_modified; }
    /// After it was saved: what write() gives now is what it is.
    void markSaved();

    [[nodiscard]] std::string title() const { return m_root["title"].toString(); }
    [[nodiscard]] std::string uid() const { return m_root["uid"].toString(); }
    [[nodiscard]] std::string timeFrom() const { return m_root["time"]["from"].toString("now-6h"); }
    [[nodiscard]] std::string timeTo() const { return m_root["time"]["to"].toString("now"); }
    /// Zero when it does not refresh by itself.
    [[nodiscard]] std::int64_t refreshMs() const;
    [[nodiscard]] std::string timeZone() const { return m_root["timezone"].toString(); }
    [[nodiscard]] int schemaVersion() const { return static_cast<int>(m_root["schemaVersion"].toInt()); }
    /// Values of all graphs at the pointer's time, not only of the one under it.
    [[nodiscard]] bool sharesTooltip() const { return m_root["graphTooltip"].toInt() == 2; }

    /// In the order of the grid; the panels of an open row stand beside it, those of a collapsed one inside it.
    [[nodiscard]] const std::vector<Panel>& panels() const noexcept { return m_panels; }
    [[nodiscard]] const std::vector<Variable>& variables() const noexcept { return m_variables; }
    /// Of any depth; null if there is none.
    [[nodiscard]] const Panel* panel(std::int64_t id) const;
    [[nodiscard]] const Json& root() const noexcept { return m_root; }
    /// Null if there is none.
    [[nodiscard]] const Json* panelJson(std::int64_t id) const;

    void setTitle(const std::string& title);
    /// What a variable shows when the dashboard opens; kAllValue alone for all. False if there is none of this name.
    bool setCurrent(const std::string& variable, const std::vector<std::string>& values);
    /// False if there is no panel with this id.
    bool replacePanel(std::int64_t id, Json panel);
    bool removePanel(std::int64_t id);
    /// Gives it an id of its own if it has none or its id is taken; answers the id.
    std::int64_t addPanel(Json panel);
    bool setGrid(std::int64_t id, GridPos grid);
    /// Opens a row (its panels move beside it) or folds it.
    bool setRowCollapsed(std::int64_t id, bool collapsed);
    /// The panels as a whole, for undoing.
    [[nodiscard]] Json panelsJson() const { return m_root["panels"]; }
    void setPanelsJson(Json panels);

private:
    void readModel();
    void changed();

    std::string m_text;
    Json m_envelope; ///< around the root, if there is one
    std::string m_envelopeKey;
    Json m_root;
    std::vector<Finding> m_report;
    std::vector<Panel> m_panels;
    std::vector<Variable> m_variables;
    bool m_modified = false;
};

/// Turns older forms inside a classic dashboard into today's; what was done goes to `report`.
void migrate(Json& dashboard, std::vector<Finding>& report);
/// The classic form of a v2 dashboard (`elements`, `layout`, `variables`).
[[nodiscard]] Json classicFromV2(const Json& spec, std::vector<Finding>& report);
/// Panel types that are drawn as what they are.
[[nodiscard]] bool isSupportedPanel(std::string_view type);
[[nodiscard]] Json gridJson(GridPos grid);

}
