#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::ingest {

enum class ExpositionFormat : std::uint8_t {
    text,       ///< Prometheus text format 0.0.4
    openMetrics ///< OpenMetrics text 1.0
};

/// The format that a Content-Type header names. A missing or foreign one is answered with `fallback`, or fails where there
/// is none: since Prometheus 3 a target must say what it sends.
[[nodiscard]] Result<ExpositionFormat> expositionFormat(std::string_view contentType, std::optional<ExpositionFormat> fallback);

/// Reads what a target serves, entry by entry, without allocating memory for a line.
///
/// next() stops at each sample, TYPE, HELP and UNIT. Views point into the body. A sample gives its series as it is
/// written ("name{a="b"}"), which serves as the key of the caller's cache; labels() takes it apart for those that are
/// not there. Targets write their series in the same order each time: next(expected) compares the line with the series
/// that came here last time, and on a match neither scans nor validates it again.
///
/// Accepts and refuses exactly what Prometheus 3.5 does, its leniencies included. The first error ends the parsing.
class ExpositionParser {
public:
    enum class Event : std::uint8_t { sample, type, help, unit, end, error };

    /// `body` must outlive the parser. `more`: it is the first piece of a longer text, cut behind a newline; next() then
    /// answers end at its end, and resume() goes on.
    ExpositionParser(std::string_view body, ExpositionFormat format, bool more = false);

    /// After Event::end of a piece: goes on with the next one. Lines are counted on.
    void resume(std::string_view body, bool more);

    /// After end or error it stays there.
    Event next() { return next({}); }
    /// As next(); quicker if the next entry is a sample of the series `expected`, a series() of an earlier body that
    /// parsed well.
    Event next(std::string_view expected);

    /// After Event::error: what is wrong, beginning with "line N: ".
    [[nodiscard]] const Error& error() const noexcept { return m_error; }
    /// 1 for the first; of the current entry. Counts from the start of the body: not for each line.
    [[nodiscard]] std::size_t line() const noexcept;

    // Of a sample.
    [[nodiscard]] std::string_view series() const noexcept { return m_series; }
    [[nodiscard]] bool isExpected() const noexcept { return m_expected; } ///< series() is what next() was told
    [[nodiscard]] double value() const noexcept { return m_value; }
    [[nodiscard]] std::optional<std::int64_t> timestampMs() const noexcept { return m_timestampMs; }
    [[nodiscard]] bool hasExemplar() const noexcept { return !m_exemplar.empty(); }

    /// Labels of the current sample, metric name included, sorted by name; empty values are kept. Bounds of typed
    /// histograms and summaries (`le`, `quantile`) come in float form: "1.0". Fails on a repeated name.
    /// Replaces `out`, whose capacity is reused. Must not be called if isExpected().
    [[nodiscard]] Result<void> labels(std::vector<model::Label>& out) const;

    struct Exemplar {
        std::vector<model::Label> labels; ///< as written
        double value = 0;
        std::optional<std::int64_t> timestampMs;
    };
    [[nodiscard]] Exemplar exemplar() const; ///< only if hasExemplar()

    // Of TYPE, HELP and UNIT.
    [[nodiscard]] std::string_view family() const noexcept { return m_family; }
    /// The type ("unknown" for text 0.0.4's "untyped"), the help as written, or the unit.
    [[nodiscard]] std::string_view text() const noexcept { return m_text; }
    /// The help with its escapes undone.
    [[nodiscard]] std::string helpText() const;

private:
    struct LabelRange { // byte ranges without quotes
        std::string_view name;
        std::string_view value;
    };

    Event fail(const char* at, std::string message);
    Event parseComment(const char* hash);
    Event parseSample(const char* start);
    Event parseSuffix(const char* at);
    bool parseLabelSet(const char*& at, bool inExemplar);
    bool parseNumber(const char*& at, std::string_view after);
    bool parseTimestamp(const char*& at);
    bool parseExemplar(const char*& at);
    const char* skipBlanks(const char* at) const noexcept;
    std::string_view lineRest(const char* at) const noexcept;
    std::size_t lineOf(const char* at) const noexcept;
    std::string found(const char* at) const;

    std::string_view m_body;
    const char* m_at;
    const char* m_end;
    const ExpositionFormat m_format;
    std::size_t m_linesHere = 0;   // in m_body, when another piece follows
    bool m_more;
    std::size_t m_linesBefore = 0; // in earlier pieces
    bool m_endMark = false;        // # EOF was read

    const char* m_entry = nullptr; // first byte of the current entry
    std::string_view m_series;
    std::string_view m_name; // still escaped
    bool m_nameQuoted = false;
    bool m_expected = false;
    double m_value = 0;
    std::optional<std::int64_t> m_timestampMs;
    std::vector<LabelRange> m_labels; // reused
    std::string_view m_exemplar;
    std::vector<LabelRange> m_exemplarLabels; // reused
    double m_exemplarValue = 0;
    std::optional<std::int64_t> m_exemplarTimestampMs;
    std::string_view m_family;
    std::string_view m_text;
    enum class Bounds : std::uint8_t { none, le, quantile } m_bounds = Bounds::none; // by the last TYPE
    bool m_finished = false;
    Error m_error;
};

/// `text` as Prometheus 3 writes bucket bounds: "1" becomes "1.0", "1e6" "1e+06". What is no number comes back as it is.
[[nodiscard]] std::string normalizedBound(std::string_view text);

}
