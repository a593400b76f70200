#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace belvedere::ingest {

/// One entry of `relabel_configs` as it is written; the defaults are Prometheus'.
struct RelabelConfig {
    std::vector<std::string> sourceLabels = {};
    std::string separator = ";";
    std::string regex = "(.*)";
    std::uint64_t modulus = 0;
    std::string targetLabel = {};
    std::string replacement = "$1";
    /// replace keep drop keepequal dropequal hashmod labelmap labeldrop labelkeep lowercase uppercase, in any case
    std::string action = "replace";

    bool operator==(const RelabelConfig&) const = default;
};

/// One rule, compiled. Cheap to copy. Threading: apply() from any thread.
class RelabelRule {
public:
    /// Fails with parse for what Prometheus refuses: a bad expression, a missing target_label or modulus, fields that
    /// the action does not take.
    [[nodiscard]] static Result<RelabelRule> compile(const RelabelConfig& config);

    /// Changes the labels; false if the rule drops what they stand for (they are then as they came).
    [[nodiscard]] bool apply(model::LabelsBuilder& labels) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> m_compiled;
};

/// Rules in order: rewrites a target, a sample or a log stream before it is kept.
class Relabeler {
public:
    Relabeler() = default;
    /// As RelabelRule::compile(); the error says which rule: "relabel rule 3: ...".
    [[nodiscard]] static Result<Relabeler> compile(std::span<const RelabelConfig> configs);

    [[nodiscard]] bool empty() const noexcept { return m_rules.empty(); }
    [[nodiscard]] const std::vector<RelabelRule>& rules() const noexcept { return m_rules; }

    /// False as soon as a rule drops.
    [[nodiscard]] bool apply(model::LabelsBuilder& labels) const;

private:
    std::vector<RelabelRule> m_rules = {};
};

}
