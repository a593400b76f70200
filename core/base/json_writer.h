#pragma once

#include "core/base/text.h"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace belvedere {

/// Appends `text` as a JSON string with its quotes. Malformed UTF-8 becomes U+FFFD.
void appendJsonString(std::string& out, std::string_view text);

/// Writes JSON into one string, placing commas by itself. The caller pairs begin and end.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out)
        : m_out(out)
    {
    }

    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }

    JsonWriter& key(std::string_view name)
    {
        comma();
        appendJsonString(m_out, name);
        m_out += ':';
        m_needComma = false;
        return *this;
    }
    JsonWriter& string(std::string_view text)
    {
        comma();
        appendJsonString(m_out, text);
        m_needComma = true;
        return *this;
    }
    template <std::integral Integer>
    JsonWriter& number(Integer value)
    {
        comma();
        char buffer[24];
        m_out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
        m_needComma = true;
        return *this;
    }
    JsonWriter& number(double value); ///< null where JSON has no such number
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    /// `json` must be one complete value.
    JsonWriter& raw(std::string_view json)
    {
        comma();
        m_out += json;
        m_needComma = true;
        return *this;
    }
    std::string& out() { return m_out; }

private:
    void comma()
    {
        if (m_needComma)
            m_out += ',';
    }
    JsonWriter& open(char c)
    {
        comma();
        m_out += c;
        m_needComma = false;
        return *this;
    }
    JsonWriter& close(char c)
    {
        m_out += c;
        m_needComma = true;
        return *this;
    }

    std::string& m_out;
    bool m_needComma = false;
};

}
