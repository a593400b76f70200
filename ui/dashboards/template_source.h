#pragma once

#include "core/datasource/data_source.h"

#include <memory>
#include <string>
#include <string_view>

namespace belvedere::ui {

/// A query of a dashboard in a form that a parser takes: every variable is replaced by something of the same length that can
/// stand in its place, so that the places of errors stay right.
[[nodiscard]] std::string withoutVariables(std::string_view expr);

/// The same source for an editor of a dashboard's queries: check() knows variables.
[[nodiscard]] std::shared_ptr<const datasource::DataSource> templateSource(std::shared_ptr<const datasource::DataSource> source);

}
