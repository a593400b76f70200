#pragma once

#include "core/promql/evaluator.h"

namespace belvedere::promql {

/// The windows of a range vector: at step i everything after end(i) - rangeMs up to and including end(i).
struct Windows {
    std::int64_t firstEndMs = 0;
    std::int64_t stepMs = 0; ///< 0: the same window at every step, because of @
    std::int64_t rangeMs = 0;

    [[nodiscard]] std::int64_t end(std::size_t step) const noexcept { return firstEndMs + stepMs * static_cast<std::int64_t>(step); }
};

/// A range vector at all steps: the samples that any of its windows may hold, without staleness markers.
class RangeSource {
public:
    using Visitor = std::function<void(std::size_t series, model::SampleView samples)>;

    virtual ~RangeSource() = default;

    [[nodiscard]] const Windows& windows() const noexcept { return m_windows; }
    [[nodiscard]] const std::vector<OutputSeries>& series() const noexcept { return m_series; }

    /// As SeriesStream::read().
    [[nodiscard]] virtual Result<void> read(std::size_t begin, std::size_t end, const Visitor& visitor) = 0;

protected:
    Windows m_windows;
    std::vector<OutputSeries> m_series;
};

/// `expr` is a range selector or a subquery.
[[nodiscard]] Result<std::unique_ptr<RangeSource>> openRange(Evaluator& evaluator, const Expr& expr, Steps steps);

}
