// What of a request is taken apart here: path and parameters, names, credentials, origin, codings.

#include "core/receive/access.h"
#include "core/receive/api_parameters.h"
#include "core/receive/content_coding.h"
#include "core/receive/http.h"
#include "core/receive/router.h"

#include <cstdint>
#include <cstdlib>

using namespace belvedere::receive;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const Router router = [] {
        Router made;
        made.get("/api/v1/label/{name}/values", {});
        made.post("/api/v1/write", {}, 1);
        return made;
    }();
    const auto match = router.find(Method::get, text);
    if (match.route && match.captured.size() != 1)
        std::abort();

    Parameters parameters;
    parameters.addEncoded(text);
    (void)parameters.all("match[]");
    if (percentDecoded(text, true).size() > size)
        std::abort();
    (void)unescapedName(text);
    if (carriesToken(text, "a long token that no input has"))
        std::abort();
    (void)isForeignOrigin(text);
    (void)isForeignHost(text);
    (void)acceptsCoding(text, "gzip");
    return 0;
}
