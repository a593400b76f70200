#pragma once

#include "core/logql/stages/extracted_text.h"
#include "core/logql/stages/text_scan.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace belvedere::logql {

enum class JsonType : std::uint8_t { string, number, boolean, null, array, object };

struct JsonValue {
    JsonType type = JsonType::null;
    std::string_view text; ///< as it stands in the line; of a string what is between the quotes
};

/// Walks the JSON of a line without checking more of it than it has to: values that nobody asked for are skipped by looking
/// for their end only. What it takes for broken, when it finds out and what it then says is what Loki's parser does.
///
/// Everything is inline: a line costs some hundred nanoseconds, and each object has its own callback.
class JsonCursor {
public:
    /// `text` must live as long as the cursor and what it hands out.
    explicit JsonCursor(std::string_view text)
        : m_text(text)
    {
    }

    /// Calls `member(key, value)` for each member of the object at the front, until it answers false. False, with
    /// error() set, if the text is broken; what stands before the fault has been handed over.
    template <class Member>
    bool object(Arena& arena, Member&& member)
    {
        m_error = {};
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != '{')
            return fail(kObjectNotClosed);
        ++m_at;
        skipBlanks();
        if (m_at >= m_text.size())
            return fail(kMalformed);
        while (m_at < m_text.size()) {
            if (m_text[m_at] == '}') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '"')
                return fail(kObjectNotClosed);
            std::string_view key;
            QuotedText inside;
            if (!string(key, inside))
                return fail(kMalformed);
            if (inside.escapes && !unescape(key, arena))
                return fail(kInvalidEscape);
            m_keyIsAscii = inside.ascii && !inside.escapes;
            skipBlanks();
            if (m_at >= m_text.size() || m_text[m_at] != ':')
                return fail(kMalformed);
            ++m_at;
            JsonValue found;
            if (!value(found))
                return false;
            if (!member(key, found))
                return true;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail(kArrayNotClosed);
            if (m_text[m_at] == '}')
                return true;
            if (m_text[m_at] != ',')
                return fail(kObjectNotClosed);
            ++m_at;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail(kArrayNotClosed);
        }
        return fail(kObjectNotClosed);
    }

    /// Calls `element(index, value)` for each element of the array at the front until it answers false.
    template <class Element>
    bool array(Element&& element)
    {
        m_error = {};
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != '[')
            return fail(kMalformed);
        ++m_at;
        skipBlanks();
        if (m_at < m_text.size() && m_text[m_at] == ']')
            return true;
        for (std::size_t i = 0;; ++i) {
            JsonValue found;
            if (!value(found))
                return false;
            if (!element(i, found))
                return true;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail(kArrayNotClosed);
            if (m_text[m_at] == ']')
                return true;
            if (m_text[m_at] != ',')
                return fail(kArrayNotClosed);
            ++m_at;
        }
    }

    [[nodiscard]] std::string_view error() const { return m_error; }
    /// Of the key that was handed over last: it stands in the text as it is, in ASCII.
    [[nodiscard]] bool keyIsAscii() const { return m_keyIsAscii; }

    /// True if a number, true, false or null ends in front of `c`.
    static bool endsToken(char c)
    {
        return (static_cast<unsigned char>(c) <= ',' && (c == ',' || isBlank(c))) || c == '}' || c == ']';
    }

    /// Where the array or object ends that begins at `at`, a bracket or brace: behind what closes it; null if nothing does.
    static const char* blockEnd(const char* at, const char* end)
    {
        const char open = *at;
        const char close = open == '{' ? '}' : ']';
        int depth = 0;
        for (; at < end; ++at) {
            if (*at == '"') {
                QuotedText inside;
                at = closingQuote(at + 1, end, inside);
                if (!at)
                    return nullptr;
            } else if (*at == open) {
                ++depth;
            } else if (*at == close && --depth == 0) {
                return at + 1;
            }
        }
        return nullptr;
    }

    static constexpr std::string_view kInvalidEscape = "Encountered an invalid escape sequence in a string";

private:
    static constexpr std::string_view kMalformed = "Malformed JSON error";
    static constexpr std::string_view kObjectNotClosed = "Value looks like object, but can't find closing '}' symbol";
    static constexpr std::string_view kArrayNotClosed = "Value is array, but can't find closing ']' symbol";
    static constexpr std::string_view kStringNotClosed = "Value is string, but can't find closing '\"' symbol";

    static bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

    bool fail(std::string_view error)
    {
        m_error = error;
        return false;
    }

    void skipBlanks()
    {
        while (m_at < m_text.size() && static_cast<unsigned char>(m_text[m_at]) <= ' ' && isBlank(m_text[m_at]))
            ++m_at;
    }

    /// The inside of the string at the cursor, which stands on its opening quote.
    bool string(std::string_view& out, QuotedText& inside)
    {
        const char* const begin = m_text.data() + m_at + 1;
        const char* const quote = closingQuote(begin, m_text.data() + m_text.size(), inside);
        if (!quote)
            return false;
        out = { begin, quote };
        m_at = static_cast<std::size_t>(quote + 1 - m_text.data());
        return true;
    }

    bool value(JsonValue& out)
    {
        skipBlanks();
        if (m_at >= m_text.size())
            return fail(kMalformed);
        const char c = m_text[m_at];
        if (c == '"') {
            QuotedText inside;
            out.type = JsonType::string;
            return string(out.text, inside) || fail(kStringNotClosed);
        }
        const char* const begin = m_text.data() + m_at;
        const char* const textEnd = m_text.data() + m_text.size();
        if (c == '{' || c == '[') {
            const char* const end = blockEnd(begin, textEnd);
            if (!end)
                return fail(c == '{' ? kObjectNotClosed : kArrayNotClosed);
            out = { c == '{' ? JsonType::object : JsonType::array, { begin, end } };
            m_at += out.text.size();
            return true;
        }
        const char* end = begin;
        while (end < textEnd && !endsToken(*end))
            ++end;
        out.text = { begin, end };
        if ((c >= '0' && c <= '9') || c == '-')
            out.type = JsonType::number;
        else if (out.text == "true" || out.text == "false")
            out.type = JsonType::boolean;
        else if (out.text == "null")
            out.type = JsonType::null;
        else
            return fail("Unknown value type");
        m_at += out.text.size();
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string_view m_error;
    bool m_keyIsAscii = false;
};

}
