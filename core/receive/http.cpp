#include "core/receive/http.h"

#include "core/base/json_writer.h"

#include <algorithm>

namespace belvedere::receive {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

}

std::string_view toString(Method method) noexcept
{
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
    }
    return "other";
}

std::string percentDecoded(std::string_view text, bool plusIsBlank)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
            out += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else if (c == '+' && plusIsBlank) {
            out += ' ';
        } else {
            out += c;
        }
    }
    return out;
}

void Parameters::addEncoded(std::string_view text)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty())
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        add(percentDecoded(pair.substr(0, equals), true),
            equals < pair.size() ? percentDecoded(pair.substr(equals + 1), true) : std::string());
    }
}

std::string_view Parameters::get(std::string_view name) const noexcept
{
    const auto found = std::ranges::find(m_list, name, &std::pair<std::string, std::string>::first);
    return found == m_list.end() ? std::string_view() : std::string_view(found->second);
}

bool Parameters::has(std::string_view name) const noexcept
{
    return std::ranges::find(m_list, name, &std::pair<std::string, std::string>::first) != m_list.end();
}

std::vector<std::string_view> Parameters::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const auto& [key, value] : m_list) {
        if (key == name)
            values.emplace_back(value);
    }
    return values;
}

std::string_view Request::header(std::string_view lowerCaseName) const noexcept
{
    const auto found = std::ranges::find(headers, lowerCaseName, &std::pair<std::string, std::string>::first);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Response textResponse(int status, std::string text)
{
    Response response;
    response.status = status;
    response.contentType = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Response errorResponse(int status, std::string_view errorType, std::string_view message)
{
    Response response;
    response.status = status;
    JsonWriter json(response.body);
    json.beginObject();
    json.key("status").string("error").key("errorType").string(errorType).key("error").string(message);
    json.endObject();
    return response;
}

}
