#include "core/base/json_writer.h"

#include <array>
#include <cmath>

namespace belvedere {

void appendJsonString(std::string& out, std::string_view text)
{
    std::string cleaned;
    if (!isValidUtf8(text)) {
        cleaned = toValidUtf8(text);
        text = cleaned;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    std::size_t plainFrom = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(text, plainFrom, i - plainFrom);
        plainFrom = i + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += kHex[c >> 4];
            out += kHex[c & 15];
        }
    }
    out.append(text, plainFrom, text.size() - plainFrom);
    out += '"';
}

JsonWriter& JsonWriter::number(double value)
{
    if (!std::isfinite(value))
        return null();
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return raw(std::string_view(buffer.data(), end));
}

}
