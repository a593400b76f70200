#pragma once

#include "core/base/result.h"
#include "core/model/labels.h"
#include "core/promql/engine.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace belvedere::alert {

/// What `$labels`, `$externalLabels`, `$externalURL` and `$value` stand for.
struct TemplateData {
    const model::Labels& labels;
    const model::Labels& externalLabels;
    const std::string& externalUrl;
    double value = 0;
    std::int64_t timeMs = 0; ///< when `query` is evaluated
    std::stop_token stop = {}; ///< ends what `query` asks
};

/// Checks a label's or annotation's template without data.
[[nodiscard]] Result<void> checkTemplate(std::string_view text);

/// Expands a template with Prometheus' functions. A fault becomes the text, "<error expanding template: …>", so that the
/// alert is not lost.
[[nodiscard]] std::string expandTemplate(const std::string& text, const TemplateData& data, const promql::Engine& engine);

}
