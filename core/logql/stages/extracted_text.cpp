#include "core/logql/stages/extracted_text.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

// Lines hold keys that are no label names, escapes, and bytes that are no text. Nearly always nothing has to change, so
// each function looks for that first and copies only when it must; what it then makes lives in the line's arena.

namespace belvedere::logql {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The four hexadecimal digits of a \u at `at`.
bool readUnit(std::string_view text, std::size_t at, std::uint32_t& code)
{
    return at + 4 <= text.size() && std::from_chars(text.data() + at, text.data() + at + 4, code, 16).ptr == text.data() + at + 4;
}

/// The character of a \u whose digits begin at `at`, which is moved behind it; a surrogate needs its other half.
bool readUnicodeEscape(std::string_view text, std::size_t& at, std::uint32_t& code)
{
    if (!readUnit(text, at, code))
        return false;
    at += 4;
    if (code < 0xD800 || code > 0xDFFF)
        return true;
    std::uint32_t low = 0;
    if (code > 0xDBFF || !text.substr(at).starts_with("\\u") || !readUnit(text, at + 2, low) || low < 0xDC00 || low > 0xDFFF)
        return false;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    at += 6;
    return true;
}

}

std::string_view labelName(std::string_view key, Arena& arena)
{
    if (!key.empty() && !isDigit(key[0]) && std::ranges::all_of(key, isNameByte))
        return key;
    key = trim(key);
    if (key.empty())
        return key;
    char* out = arena.allocate(key.size() + 1);
    std::size_t n = 0;
    if (isDigit(key[0]))
        out[n++] = '_';
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (isNameByte(key[i])) {
            out[n++] = key[i];
            continue;
        }
        out[n++] = '_';
        while (i + 1 < key.size() && static_cast<signed char>(key[i]) < 0 && isContinuation(key[i + 1]))
            ++i; // one underscore for a whole character
    }
    return { out, n };
}

std::string_view labelValue(std::string_view text, Arena& arena)
{
    if (std::ranges::none_of(text, [](char c) { return static_cast<signed char>(c) < 0; }))
        return text;
    if (isValidUtf8(text) && !text.contains(kReplacement))
        return text;
    auto valid = toValidUtf8(text);
    for (std::size_t at = 0; (at = valid.find(kReplacement, at)) != std::string::npos; ++at)
        valid.replace(at, kReplacement.size(), " ");
    return arena.store(valid);
}

bool unescape(std::string_view& text, Arena& arena)
{
    const auto first = text.find('\\');
    if (first == std::string_view::npos)
        return true;
    char* out = arena.allocate(text.size()); // no escape is shorter than what it stands for
    std::memcpy(out, text.data(), first);
    std::size_t n = first;
    for (std::size_t i = first; i < text.size();) {
        if (text[i] != '\\') {
            out[n++] = text[i++];
            continue;
        }
        if (++i >= text.size())
            return false;
        switch (const char c = text[i++]) {
        case '"':
        case '\\':
        case '/':
        case '\'': out[n++] = c; break;
        case 'b': out[n++] = '\b'; break;
        case 'f': out[n++] = '\f'; break;
        case 'n': out[n++] = '\n'; break;
        case 'r': out[n++] = '\r'; break;
        case 't': out[n++] = '\t'; break;
        case 'u': {
            std::uint32_t code = 0;
            if (!readUnicodeEscape(text, i, code))
                return false;
            n += encodeUtf8(out + n, code);
            break;
        }
        default: return false;
        }
    }
    text = { out, n };
    return true;
}

std::string_view jsonLabelValue(std::string_view inside, Arena& arena)
{
    if (!unescape(inside, arena))
        return ""; // has data: it is a value, if an empty one
    return labelValue(inside, arena);
}

}
