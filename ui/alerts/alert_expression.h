#pragma once

#include <optional>
#include <string>

namespace belvedere::ui {

/// What an alerting rule watches, taken apart at the comparison that makes it fire.
struct AlertExpression {
    std::string language;            ///< promql or logql
    std::string value;               ///< what is compared; the whole expression if nothing is compared with a number
    std::optional<double> threshold; ///< the number
    std::string comparison;          ///< as seen from the value: ">"
};

[[nodiscard]] AlertExpression takeApart(const std::string& expr);

}
