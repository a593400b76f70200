// Who may ask. Two gates stand before every route: the token, demanded as soon as other machines can reach the port, and
// origin and host, which keep the browser of the person at this machine from being used by pages of other sites.

#include "core/receive/access.h"

#include "core/base/text.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace belvedere::receive {

namespace {

/// Compares in a time that does not tell how much of `given` was right.
bool sameSecret(std::string_view given, std::string_view secret)
{
    unsigned char difference = given.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        difference = static_cast<unsigned char>(difference | (given[i] ^ secret[i % secret.size()]));
    return difference == 0;
}

/// Stops at the first character that is not base64.
std::string base64Decoded(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos)
            break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xff);
        }
    }
    return out;
}

/// "host" of "host:port" and of "[::1]:port".
std::string_view withoutPort(std::string_view host)
{
    if (host.starts_with('['))
        return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.rfind(':'));
}

std::optional<boost::asio::ip::address> addressOf(std::string_view host)
{
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(std::string(host), bad);
    return bad ? std::nullopt : std::optional(address);
}

bool isLoopbackName(std::string_view host)
{
    const auto address = addressOf(host);
    return address ? address->is_loopback() : host == "localhost";
}

}

bool carriesToken(std::string_view authorization, std::string_view token)
{
    const auto blank = std::min(authorization.find(' '), authorization.size());
    const auto scheme = toLowerAscii(authorization.substr(0, blank));
    const auto credentials = trim(authorization.substr(blank));
    if (scheme == "bearer")
        return sameSecret(credentials, token);
    if (scheme != "basic")
        return false;
    const auto decoded = base64Decoded(credentials);
    const auto colon = decoded.find(':');
    return colon != std::string::npos && sameSecret(std::string_view(decoded).substr(colon + 1), token);
}

bool isForeignOrigin(std::string_view origin)
{
    if (origin.empty())
        return false;
    const auto scheme = origin.find("://");
    if (scheme == std::string_view::npos)
        return true; // "null": a sandboxed page or a file
    return !isLoopbackName(withoutPort(origin.substr(scheme + 3)));
}

bool isForeignHost(std::string_view host)
{
    auto name = toLowerAscii(withoutPort(host));
    if (name.ends_with('.'))
        name.pop_back();
    if (addressOf(name))
        return false;
    const auto dot = name.rfind('.');
    if (dot == std::string::npos)
        return false;
    // RFC 6761, RFC 6762 and ICANN's reservation of "internal".
    constexpr std::array<std::string_view, 4> kNeverPublic { "localhost", "internal", "local", "test" };
    return !std::ranges::contains(kNeverPublic, std::string_view(name).substr(dot + 1));
}

}
