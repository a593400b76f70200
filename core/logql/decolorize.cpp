#include "core/logql/decolorize.h"

#include "core/logql/each_match.h"

#include <string>

namespace belvedere::logql {

std::string_view decolorized(std::string_view text, Arena& arena)
{
    if (!text.contains('\x1B') && !text.contains("\xC2\x9B"))
        return text;
    // Control sequences: ESC or the one-character CSI, brackets and punctuation, parameters, a final letter; and
    // operating system commands up to BEL.
    static const RE2 kSequences("[\\x{1b}\\x{9b}][\\[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\\x{07})|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))");
    std::string out;
    eachMatch(kSequences, text, [](std::span<const re2::StringPiece>) { }, [&](std::string_view between) { out += between; });
    return arena.store(out);
}

}
