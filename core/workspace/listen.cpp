#include "core/workspace/listen.h"

#include "core/base/format.h"

#include <charconv>
#include <system_error>

namespace belvedere::workspace {

Result<Listen> parseListen(std::string_view text)
{
    const auto bad = [&] { return failure(ErrorCode::invalidArgument, formatted("'{}' is not an address to listen on; write it like 127.0.0.1:9797", text)); };
    Listen listen;
    const auto colon = text.rfind(':');
    auto port = text;
    if (colon != std::string_view::npos) {
        auto address = text.substr(0, colon);
        if (address.starts_with('[') && address.ends_with(']'))
            address = address.substr(1, address.size() - 2);
        else if (address.find(':') != std::string_view::npos)
            return bad();
        if (!address.empty())
            listen.address = address;
        port = text.substr(colon + 1);
    }
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
    if (port.empty() || error != std::errc() || end != port.data() + port.size())
        return bad();
    return listen;
}

}
