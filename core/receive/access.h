#pragma once

#include <string_view>

namespace belvedere::receive {

/// True when the value of an Authorization header is `token`: as `Bearer TOKEN`, or as the password of `Basic`.
[[nodiscard]] bool carriesToken(std::string_view authorization, std::string_view token);

/// True when the value of an Origin header names a page that does not come from this machine. A page of some web site
/// must not reach the workbench through the browser of the person who sits in front of it: browsers name the page's
/// origin in such requests. No header, no browser: false for "".
[[nodiscard]] bool isForeignOrigin(std::string_view origin);

/// True when the value of a Host header is a name that somebody on the internet may own. Such a name can be made to lead to
/// this machine after a page came from it (DNS rebinding), and then the page's requests name no foreign origin. Addresses,
/// names without a dot and names that are never public (localhost, internal, local, test) are not foreign, nor is "".
[[nodiscard]] bool isForeignHost(std::string_view host);

}
