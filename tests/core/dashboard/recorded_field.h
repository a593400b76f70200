#pragma once

#include "core/dashboard/value.h"
#include "recorded.h"

namespace belvedere::tests {

/// A column from its recorded form: name, type, labels, values. Undefined counts as null.
[[nodiscard]] model::Field recordedField(const Json& json);
/// The value as it would stand in a column of no fixed type.
[[nodiscard]] dashboard::Value recordedValue(const Json& json);

}
