#pragma once

#include "core/dashboard/date_math.h"
#include "core/dashboard/document.h"
#include "core/dashboard/placement.h"
#include "core/datasource/data_source.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::dashboard {

/// What a variable stands for in a text: one value or several.
struct VariableValue {
    std::vector<std::string> values;
    std::vector<std::string> texts;
    bool isList = false;       ///< written as a list even with one value
    bool isPlain = false;      ///< a value of its own ("All" spelt out by a person, a macro): never escaped
    bool escapesRegex = false; ///< may hold several: in a query it stands in a regular expression
};

/// Every name that texts of a dashboard may use: its variables and Grafana's macros. A value, cheap to copy around a panel.
class Scope {
public:
    void set(const std::string& name, VariableValue value) { m_values.insert_or_assign(name, std::move(value)); }
    void setPlain(const std::string& name, std::string value);
    void setVariable(const Variable& variable);
    void setVariables(const std::vector<Variable>& variables);
    /// In a repeated panel a variable is one of its values.
    void setRepeats(const std::vector<Repeat>& repeats);
    /// $__from, $__to, $__range, $__range_s, $__range_ms.
    void setRange(TimeRangeMs range);
    /// $__interval, $__interval_ms, $__rate_interval, $__rate_interval_ms.
    void setInterval(std::int64_t intervalMs, std::int64_t scrapeIntervalMs);
    [[nodiscard]] const VariableValue* find(std::string_view name) const;

private:
    std::map<std::string, VariableValue, std::less<>> m_values;
};

/// How a value is written where a text gives no format.
using DefaultFormat = std::function<std::string(const VariableValue&)>;

/// Replaces `$name`, `${name}`, `${name:format}`, `[[name]]`, `[[name:format]]`. Unknown names stay as they are.
[[nodiscard]] std::string interpolate(std::string_view text, const Scope& scope, const DefaultFormat& byDefault = {});
/// The same for PromQL and LogQL: several values become `(a|b)`, escaped for a regular expression inside a string.
[[nodiscard]] std::string interpolateQuery(std::string_view expr, const Scope& scope);
/// Names that a text mentions.
[[nodiscard]] std::vector<std::string> mentionedVariables(std::string_view text);
[[nodiscard]] std::string formatVariable(const VariableValue& value, std::string_view name, std::string_view format);

/// Finds what a panel or variable means by its data source: uid, name, `${variable}`, `__inputs`, nothing. Where that names
/// nothing that exists here, the source of the same type stands in, and `healed` says so.
struct ResolvedSource {
    std::shared_ptr<const datasource::DataSource> source; ///< null: there is none of that type, or it is none of ours
    std::string healed;                                   ///< not empty: what was replaced by what
    std::string problem;                                  ///< not empty: why there is no source
};
[[nodiscard]] ResolvedSource resolveSource(const SourceRef& reference, const Scope& scope, const Document& document, const datasource::Registry& registry, std::string_view likelyType = "prometheus");

/// Options of a custom variable: commas, `text : value`, `\,`.
[[nodiscard]] std::vector<VariableOption> customOptions(std::string_view query);
/// Applies a variable's regular expression, sorting and removal of repeats to what its query answered.
[[nodiscard]] Result<std::vector<VariableOption>> queryOptions(const std::vector<VariableOption>& answered, const std::string& regex, int sort);

/// Fills options and keeps the choice where it still exists: in the order in which variables use each other.
///
/// Blocks; call it on the query pool. What could not be filled keeps its saved options; `problems` says why.
struct VariableUpdate {
    std::vector<Variable> variables;
    std::vector<std::string> problems;
};
/// `changed` empty: all; else only that variable's dependents are asked again.
[[nodiscard]] VariableUpdate updateVariables(const Document& document, std::vector<Variable> variables, const datasource::Registry& registry, TimeRangeMs range, const std::string& changed, std::stop_token stop);

}
