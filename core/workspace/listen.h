#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere::workspace {

/// Where the API answers.
struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 9797;
    std::string token = {};

    bool operator==(const Listen&) const = default;
};

/// "127.0.0.1:9797", ":9797", "9797" or "[::1]:9797".
[[nodiscard]] Result<Listen> parseListen(std::string_view text);

}
