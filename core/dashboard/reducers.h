#pragma once

#include "core/dashboard/value.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::dashboard {

/// What a column's nulls count as when it is reduced.
enum class NullHandling : std::uint8_t { ignore, asIs, asZero };

/// One number (or value) of a column, by Grafana's reducer id: "lastNotNull", "mean", "p95", …, and its older names "current",
/// "avg", "total". Null for an unknown id and where there is no answer.
[[nodiscard]] Value reduce(std::string_view id, const model::Field& field, NullHandling nulls = NullHandling::ignore);

struct ReducerInfo {
    std::string_view id;
    std::string_view name;
    bool keepsUnit; ///< a count or a flag has no unit
};

/// In the order in which a picker shows them, without the percentiles.
[[nodiscard]] std::span<const ReducerInfo> reducers();
/// The id that an older name stands for; unknown ids stay.
[[nodiscard]] std::string canonicalReducer(std::string_view id);
[[nodiscard]] std::string reducerName(std::string_view id);
[[nodiscard]] bool reducerKeepsUnit(std::string_view id);

}
