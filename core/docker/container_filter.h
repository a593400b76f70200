#pragma once

#include "core/docker/engine_api.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::docker {

/// A filter as the Engine API takes it for lists of containers: a name, and values of which one must match.
struct ContainerFilter {
    /// `label` ("key" or "key=value"; values with other keys must match too), `name` (an expression found anywhere in it),
    /// `status` or `id` (its beginning).
    std::string name;
    std::vector<std::string> values;
};

[[nodiscard]] bool isKnownFilter(std::string_view name) noexcept;
/// True if `container` passes every filter that is known.
[[nodiscard]] bool matches(std::span<const ContainerFilter> filters, const Container& container);

}
