#pragma once

#include <string>
#include <string_view>

namespace belvedere::receive {

/// True when the value of an Accept-Encoding header allows `coding`.
[[nodiscard]] bool acceptsCoding(std::string_view acceptEncoding, std::string_view coding);

/// `body` as a gzip member, packed for speed. Empty when zlib cannot: the answer then goes out as it is.
[[nodiscard]] std::string gzipped(std::string_view body);

}
