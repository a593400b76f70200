#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/model/rule_status.h"
#include "core/promql/engine.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::alert {

/// What the expressions of a file are written in: Prometheus' rule files, or those of Loki's ruler.
enum class Language : std::uint8_t { promql, logql };

struct Rule {
    model::RuleStatus::Kind kind = model::RuleStatus::Kind::alerting;
    std::string name; ///< of the alert, or of the series that a recording rule writes
    std::string expr;
    std::int64_t holdDurationMs = 0;  ///< `for`
    std::int64_t keepFiringForMs = 0; ///< `keep_firing_for`
    std::vector<model::Label> labels;      ///< values are templates in alerting rules
    std::vector<model::Label> annotations; ///< values are templates

    bool operator==(const Rule&) const = default;
};

struct RuleGroup {
    std::string file; ///< as given to parseRuleFile()
    std::string name;
    std::int64_t intervalMs = 0; ///< 0: the global evaluation interval
    std::int64_t queryOffsetMs = 0;
    std::int64_t limit = 0; ///< series or alerts that one rule may make; 0: no limit
    Language language = Language::promql;
    std::string source; ///< uid of the data source that the rules ask; empty for the embedded stores. Not part of the file.
    std::vector<Rule> rules;

    bool operator==(const RuleGroup&) const = default;
};

/// Reads a rule file as Prometheus 3 does: strict about unknown fields, names, durations, expressions and templates.
///
/// `file` names the place in messages. All faults are found, one message each, "file:line:column: what; remedy".
[[nodiscard]] std::expected<std::vector<RuleGroup>, std::vector<std::string>> parseRuleFile(
    std::string_view text, const std::string& file, Language language, const promql::Features& features);

}
