#pragma once

#include "core/promql/ast.h"

#include <string>

namespace belvedere::promql {

/// The canonical spelling in one line.
[[nodiscard]] std::string toString(const Expr& expr);

/// The canonical spelling; what is longer than 100 characters is broken into indented lines, as Prometheus does it.
[[nodiscard]] std::string prettify(const Expr& expr);

}
