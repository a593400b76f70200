#pragma once

#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/line_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logql {

/// What is wanted of a line's labels; parsers leave out the rest and stop when they have it.
///
/// This is visible: a fault in a line behind the last label that is wanted goes unnoticed, as in Loki.
struct Hints {
    bool noLabels = false; ///< none at all
    bool preserveError = false; ///< the query asks for __error__, so that a metric query does not fail on it
    /// Only these; all if it is empty. At most 64.
    std::vector<std::string> required;
    bool wantsExtracted = false;       ///< some of them end in "_extracted"
    std::uint64_t requiredLengths = 0; ///< bits of their lengths, 63 for longer ones

    [[nodiscard]] bool wants(std::string_view name) const;
    /// Quick: false only if no required label has a name of `length` bytes.
    [[nodiscard]] bool mayBeRequired(std::size_t length) const { return (requiredLengths >> lengthBit(length) & 1) != 0; }
    [[nodiscard]] static std::size_t lengthBit(std::size_t length) { return std::min<std::size_t>(length, 63); }
    [[nodiscard]] bool satisfied(const LineState& state) const
    {
        return noLabels || (!required.empty() && state.extracted == (required.size() == 64 ? ~0ULL : (1ULL << required.size()) - 1));
    }
};

/// One compiled stage. Threading: run() from any thread, each with its own state.
class StageRunner {
public:
    virtual ~StageRunner() = default;
    /// False if the line is dropped.
    [[nodiscard]] virtual bool run(LineState& state) const = 0;
};

/// A label filter that a parser may test as soon as it has set the label.
struct EarlyFilter {
    std::string_view name;
    const StageRunner* filter = nullptr;
    std::uint64_t bit = 0; ///< in LineState::testedFilters
};

/// The stages of a log query, ready to run. Line filters come first unless a stage in front of them changes the line.
class Pipeline {
public:
    /// What the query does with the labels; see Hints.
    struct Wants {
        bool metric = false;
        std::vector<std::string> labels; ///< grouping labels, and the label that is unwrapped
        bool by = false;                 ///< labels are all that is looked at afterwards
        bool noLabels = false;           ///< nothing is looked at
    };

    /// `filtersAfter` are label filters that run later (after unwrap); they count among what is wanted.
    [[nodiscard]] static Result<Pipeline> compile(std::span<const Stage> stages, const Wants& wants, std::span<const LabelFilter> filtersAfter = {});

    Pipeline(Pipeline&&) noexcept;
    Pipeline& operator=(Pipeline&&) noexcept;
    ~Pipeline();

    [[nodiscard]] bool run(LineState& state) const
    {
        for (const auto* stage : m_order) {
            if (!stage->run(state))
                return false;
        }
        return true;
    }

    [[nodiscard]] bool empty() const { return m_order.empty(); }
    /// False if no stage looks at the line's text.
    [[nodiscard]] bool readsLine() const { return m_readsLine; }
    /// For model::LogRequest.
    [[nodiscard]] const std::vector<std::vector<std::string>>& requiredLiterals() const { return m_requiredLiterals; }

private:
    Pipeline();
    std::vector<std::unique_ptr<StageRunner>> m_stages;
    std::vector<const StageRunner*> m_order;
    std::unique_ptr<Hints> m_hints;
    std::vector<std::vector<std::string>> m_requiredLiterals;
    bool m_readsLine = false;
};

/// Fails if a stage cannot run: a broken regular expression, pattern, template, JSON expression or address.
[[nodiscard]] Result<void> checkStage(const Stage& stage);

/// A label filter on its own, for what follows unwrap.
[[nodiscard]] Result<std::unique_ptr<StageRunner>> compileLabelFilter(const LabelFilter& filter);

}
