// Any text as a template over data of every kind: it parses or says where not, it runs or says why not, and it ends.

#include "core/base/go_template.h"

#include <cstdint>
#include <cstdlib>

using namespace belvedere;
using namespace belvedere::gotemplate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const Functions functions { { "upper", [](const Call& call) -> Result<Value> {
        const auto given = call.stringAt(0);
        return given ? Result<Value>(Value(std::string(*given) + "!")) : std::unexpected(given.error());
    } } };
    static const Value values(Map { { "a", Value("text") }, { "b", Value(7) }, { "c", Value(1.5) }, { "d", Value(true) }, { "e", Value() },
        { "l", Value(List { Value("x"), Value(2), Value(List {}) }) }, { "m", Value(Map { { "k", Value("v") } }) } });
    const auto compiled = Template::parse("fuzz", text, functions, "{{$v := .a}}");
    if (!compiled) {
        if (!compiled.error().where || compiled.error().where->end > size)
            std::abort();
        return 0;
    }
    (void)compiled->fieldsUsed();
    std::string out;
    (void)compiled->execute(out, values);
    (void)compiled->executeNamed("x", out, values);
    return 0;
}
