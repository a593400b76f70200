#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace belvedere::model {

struct Scalar {
    std::int64_t timeMs = 0;
    double value = 0;
};

struct Text {
    std::int64_t timeMs = 0;
    std::string value;
};

struct VectorSample {
    LabelsRef labels;
    std::int64_t timeMs = 0;
    double value = 0;
};
using Vector = std::vector<VectorSample>;

/// A series of a range query or a range selector: columns of equal length, times increasing.
struct Series {
    LabelsRef labels;
    std::vector<std::int64_t> timesMs;
    std::vector<double> values;
};
using Matrix = std::vector<Series>;

/// A line of a log answer. `metadata` and `parsed` are kept apart so that a view can show where a label came from.
struct LogLine {
    std::int64_t timeNs = 0;
    std::string line;
    std::vector<Label> metadata;
    std::vector<Label> parsed;
};

struct LogStream {
    LabelsRef labels; ///< of the stream alone, or with metadata and parsed labels merged: see logql::Engine
    std::vector<LogLine> lines;
};
using Streams = std::vector<LogStream>;

/// A remark beside a right answer: Prometheus' warnings and infos, what was cut.
struct Remark {
    enum class Kind : std::uint8_t { warning, info };
    Kind kind = Kind::info;
    std::string message;
    std::optional<TextRange> where = std::nullopt; ///< in the query

    bool operator==(const Remark& other) const { return kind == other.kind && message == other.message; }
};

/// What a query answers: PromQL, LogQL, embedded or remote.
struct QueryValue {
    std::variant<Scalar, Text, Vector, Matrix, Streams> data;
    std::vector<Remark> remarks;
    /// Not empty when something was left out: says what and how much.
    std::string incomplete;
};

}
