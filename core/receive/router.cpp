#include "core/receive/router.h"

#include "core/base/text.h"

#include <algorithm>

namespace belvedere::receive {

namespace {

bool isCapture(std::string_view part)
{
    return part.size() > 2 && part.front() == '{' && part.back() == '}';
}

bool allows(const Route& route, Method method)
{
    const Method asked = method == Method::head ? Method::get : method;
    return std::ranges::find(route.methods, asked) != route.methods.end();
}

}

void Router::add(Route route)
{
    auto entry = std::make_unique<Entry>();
    route.name = route.pattern;
    for (const auto part : split(route.pattern, '/'))
        entry->parts.emplace_back(part);
    entry->route = std::move(route);
    m_entries.push_back(std::move(entry));
}

void Router::get(std::string pattern, Handler handler)
{
    add({ .methods = { Method::get }, .pattern = std::move(pattern), .handler = std::move(handler), .webSocket = {}, .name = {} });
}

void Router::query(std::string pattern, Handler handler)
{
    add({ .methods = { Method::get, Method::post }, .pattern = std::move(pattern), .handler = std::move(handler), .webSocket = {}, .name = {} });
}

void Router::post(std::string pattern, Handler handler, std::size_t bodyLimit)
{
    add({ .methods = { Method::post }, .pattern = std::move(pattern), .bodyLimit = bodyLimit, .handler = std::move(handler), .webSocket = {}, .name = {} });
}

void Router::health(std::string pattern, Handler handler)
{
    add({ .methods = { Method::get }, .pattern = std::move(pattern), .bodyLimit = 0, .handler = std::move(handler), .webSocket = {}, .withoutToken = true, .name = {} });
}

void Router::webSocket(std::string pattern, WebSocketHandler handler)
{
    add({ .methods = { Method::get }, .pattern = std::move(pattern), .bodyLimit = 0, .handler = {}, .webSocket = std::move(handler), .name = {} });
}

Router::Match Router::find(Method method, std::string_view rawPath) const
{
    Match match;
    const auto parts = split(rawPath, '/');
    for (const auto& entry : m_entries) {
        if (entry->parts.size() != parts.size())
            continue;
        std::vector<std::string> captured;
        const bool same = std::ranges::equal(entry->parts, parts, [&](const std::string& expected, std::string_view part) {
            std::string decoded = percentDecoded(part, false);
            if (!isCapture(expected))
                return decoded == expected;
            captured.push_back(std::move(decoded));
            return !captured.back().empty();
        });
        if (!same)
            continue;
        if (allows(entry->route, method)) {
            match.route = &entry->route;
            match.captured = std::move(captured);
            return match;
        }
        for (const Method allowed : entry->route.methods) {
            if (!match.allowed.empty())
                match.allowed += ", ";
            match.allowed += toString(allowed);
        }
    }
    return match;
}

}
