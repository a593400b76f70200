#pragma once

#include "core/base/json_writer.h"
#include "core/base/result.h"
#include "core/receive/http.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::receive {

/// `{"status":"success","data":…}` around what `write` puts there, with a warning beside the data if there is one.
[[nodiscard]] Response success(const std::function<void(JsonWriter&)>& write, std::string_view warning = {});
/// The same with a list of texts for data.
[[nodiscard]] Response stringList(const std::vector<std::string>& list, std::string_view warning = {});
/// An object of a version, as status/buildinfo has it. `version` is that of the program whose API this is.
void writeBuildInfo(JsonWriter& json, std::string_view version, std::string_view applicationVersion);

/// The HTTP status and Prometheus' word for an error.
struct ErrorForm {
    int status;
    std::string_view errorType;
};
[[nodiscard]] ErrorForm errorForm(ErrorCode code) noexcept;
[[nodiscard]] Response errorResponse(const Error& error);

}
