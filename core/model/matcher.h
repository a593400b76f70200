#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::model {

/// A regular expression in RE2's dialect that must match the whole text; `.` matches newlines too, as in Prometheus 3.
///
/// Alternations of literals and literal prefixes are taken out when it is built, so that the common forms never run the
/// expression. Cheap to copy. Threading: matching is safe from any thread.
class AnchoredRegex {
public:
    [[nodiscard]] static Result<AnchoredRegex> compile(std::string_view pattern);

    [[nodiscard]] bool matches(std::string_view text) const;
    [[nodiscard]] const std::string& pattern() const noexcept;

    /// Not empty when the expression is an alternation of literals: exactly these texts match, sorted, unique.
    [[nodiscard]] const std::vector<std::string>& literals() const noexcept;
    /// Every match starts with this text; often "".
    [[nodiscard]] const std::string& prefix() const noexcept;
    /// True for `.*`: everything matches.
    [[nodiscard]] bool matchesEverything() const noexcept;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> m_compiled;
};

/// One test on a label. A label that a series lacks has the value "".
class Matcher {
public:
    enum class Op : std::uint8_t { equal, notEqual, regexMatch, regexNoMatch };

    /// Fails with parse if `value` is not a valid expression for a regular expression operator.
    [[nodiscard]] static Result<Matcher> create(Op op, std::string name, std::string value);

    [[nodiscard]] Op op() const noexcept { return m_op; }
    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    [[nodiscard]] const std::string& value() const noexcept { return m_value; }
    /// Set for the two regular expression operators.
    [[nodiscard]] const AnchoredRegex* regex() const noexcept { return m_regex.get(); }

    [[nodiscard]] bool matches(std::string_view labelValue) const;
    [[nodiscard]] bool matches(const Labels& labels) const { return matches(labels.get(m_name)); }
    [[nodiscard]] bool matchesEmpty() const { return matches(std::string_view()); }

    /// `name=~"value"`.
    [[nodiscard]] std::string toString() const;

private:
    Matcher() = default;

    Op m_op = Op::equal;
    std::string m_name;
    std::string m_value;
    std::shared_ptr<const AnchoredRegex> m_regex;
};

using Matchers = std::vector<Matcher>;

[[nodiscard]] bool matchesAll(const Matchers& matchers, const Labels& labels);

}
