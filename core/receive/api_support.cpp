#include "core/receive/api_support.h"

// What the two query APIs have in common around their answers.

namespace belvedere::receive {

Response success(const std::function<void(JsonWriter&)>& write, std::string_view warning)
{
    Response response;
    JsonWriter json(response.body);
    json.beginObject().key("status").string("success").key("data");
    write(json);
    if (!warning.empty())
        json.key("warnings").beginArray().string(warning).endArray();
    json.endObject();
    return response;
}

Response stringList(const std::vector<std::string>& list, std::string_view warning)
{
    const auto write = [&](JsonWriter& json) {
        json.beginArray();
        for (const auto& text : list)
            json.string(text);
        json.endArray();
    };
    return success(write, warning);
}

void writeBuildInfo(JsonWriter& json, std::string_view version, std::string_view applicationVersion)
{
    json.beginObject().key("version").string(version);
    for (const auto* unknown : { "revision", "branch", "buildUser", "buildDate", "goVersion" })
        json.key(unknown).string("");
    json.key("application").string("Belvedere").key("applicationVersion").string(applicationVersion).endObject();
}

ErrorForm errorForm(ErrorCode code) noexcept
{
    switch (code) {
    case ErrorCode::invalidArgument:
    case ErrorCode::parse:
    case ErrorCode::alreadyExists:
    case ErrorCode::outOfOrder: return { 400, "bad_data" };
    case ErrorCode::execution:
    case ErrorCode::limit: return { 422, "execution" };
    case ErrorCode::notFound: return { 404, "not_found" };
    case ErrorCode::cancelled: return { 503, "canceled" };
    case ErrorCode::timeout: return { 503, "timeout" };
    case ErrorCode::unavailable: return { 503, "unavailable" };
    case ErrorCode::full: return { 507, "internal" };
    case ErrorCode::io:
    case ErrorCode::corrupt: break;
    }
    return { 500, "internal" };
}

Response errorResponse(const Error& error)
{
    const auto form = errorForm(error.code);
    return errorResponse(form.status, form.errorType, error.message);
}

}
