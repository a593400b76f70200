#pragma once

#include "core/base/result.h"
#include "core/model/matcher.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace belvedere::logql {

// The tree of a query, as written. Names follow Loki's documentation.

struct LineFilter {
    enum class Op : std::uint8_t { contains, notContains, matches, notMatches, pattern, notPattern };
    struct Alternative {
        std::string text;
        bool ip = false; ///< ip("...")
    };
    Op op = Op::contains;
    std::vector<Alternative> alternatives; ///< joined by `or`

    [[nodiscard]] bool negative() const { return op == Op::notContains || op == Op::notMatches || op == Op::notPattern; }
};

enum class Comparison : std::uint8_t { equal, notEqual, greater, greaterOrEqual, less, lessOrEqual };

struct LabelFilter {
    enum class Kind : std::uint8_t { matcher, number, duration, bytes, ip, both, either };
    Kind kind = Kind::matcher;
    std::string name;
    Comparison comparison = Comparison::equal;
    double number = 0;                      ///< number; seconds of a duration; bytes
    std::string text;                       ///< of an ip, and the duration or bytes as written
    std::optional<model::Matcher> matcher;  ///< set for kind matcher
    std::unique_ptr<LabelFilter> left;      ///< set for both (and) and either (or)
    std::unique_ptr<LabelFilter> right;
};

/// `label="expression"` of json and logfmt; the expression is the label's name where none is given.
struct Extraction {
    std::string label;
    std::string expression;
};

struct JsonStage {
    std::vector<Extraction> extractions;
};
struct LogfmtStage {
    bool strict = false;
    bool keepEmpty = false;
    std::vector<Extraction> extractions;
};
struct RegexpStage {
    std::string pattern;
};
struct PatternStage {
    std::string pattern;
};
struct UnpackStage { };
struct DecolorizeStage { };
struct LineFormatStage {
    std::string text;
};
struct LabelFormatStage {
    struct Format {
        std::string name;
        bool rename = false;
        std::string value; ///< the other label, or a template
    };
    std::vector<Format> formats;
};
/// drop and keep.
struct LabelSelectStage {
    struct Choice {
        std::string name;
        std::optional<model::Matcher> matcher;
    };
    bool keep = false;
    std::vector<Choice> choices;
};

struct Stage {
    std::variant<LineFilter, JsonStage, LogfmtStage, RegexpStage, PatternStage, UnpackStage, DecolorizeStage, LineFormatStage,
        LabelFormatStage, LabelSelectStage, LabelFilter>
        data;
    TextRange where;
};

struct LogExpr {
    model::Matchers matchers;
    std::vector<Stage> stages;
};

struct Unwrap {
    enum class Conversion : std::uint8_t { number, bytes, duration, durationSeconds };
    std::string label;
    Conversion conversion = Conversion::number;
    std::vector<LabelFilter> filters; ///< after the conversion
};

struct Grouping {
    bool without = false;
    std::vector<std::string> labels;
};

enum class RangeOp : std::uint8_t {
    count, rate, bytes, bytesRate, absent, rateCounter, sum, average, minimum, maximum, first, last, stddev, stdvar, quantile,
};

enum class VectorOp : std::uint8_t { sum, average, maximum, minimum, count, stddev, stdvar, bottomk, topk, approxTopk, sort, sortDesc };

enum class BinaryOp : std::uint8_t {
    logicalOr, logicalAnd, unless, add, subtract, multiply, divide, modulo, power,
    equal, notEqual, greater, greaterOrEqual, less, lessOrEqual,
};

[[nodiscard]] constexpr bool isComparison(BinaryOp op) { return op >= BinaryOp::equal; }
[[nodiscard]] constexpr bool isSetOperator(BinaryOp op) { return op <= BinaryOp::unless; }

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct RangeAggregation {
    RangeOp op = RangeOp::count;
    double parameter = 0; ///< of quantile_over_time
    LogExpr log;
    std::optional<Unwrap> unwrap;
    std::int64_t rangeNs = 0;
    std::int64_t offsetNs = 0;
    std::optional<Grouping> grouping;
};

struct VectorAggregation {
    VectorOp op = VectorOp::sum;
    std::int64_t parameter = 0; ///< of topk, bottomk, approx_topk
    std::optional<Grouping> grouping;
    ExprPtr inner;
};

struct BinaryExpr {
    enum class Group : std::uint8_t { none, left, right };
    BinaryOp op = BinaryOp::add;
    bool returnBool = false;
    bool hasMatching = false; ///< on or ignoring was written
    bool on = false;
    std::vector<std::string> matchingLabels;
    Group group = Group::none;
    std::vector<std::string> include;
    ExprPtr left;
    ExprPtr right;
};

struct Literal {
    double value = 0;
};

struct VectorLiteral {
    double value = 0;
};

struct LabelReplace {
    ExprPtr inner;
    std::string target;
    std::string replacement;
    std::string source;
    std::string pattern;
};

struct Expr {
    std::variant<LogExpr, RangeAggregation, VectorAggregation, BinaryExpr, Literal, VectorLiteral, LabelReplace> data;
    TextRange where;

    [[nodiscard]] bool isLog() const { return std::holds_alternative<LogExpr>(data); }
};

[[nodiscard]] std::string_view name(RangeOp op);
[[nodiscard]] std::string_view name(VectorOp op);
[[nodiscard]] std::string_view name(BinaryOp op);

/// The canonical spelling of a tree.
[[nodiscard]] std::string toString(const Expr& expr);
[[nodiscard]] std::string toString(const LogExpr& expr);

}
