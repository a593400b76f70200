#include "core/base/json.h"
#include "core/base/text.h"

#include <algorithm>

namespace belvedere {

/// Recursive descent over RFC 8259. The position is a byte offset; line and column are counted when an error needs them.
class JsonParser {
public:
    explicit JsonParser(std::string_view text)
        : m_text(text)
    {
    }

    Result<Json> document()
    {
        if (m_text.starts_with("\xEF\xBB\xBF"))
            m_at = 3;
        Json root;
        if (!value(root, 0))
            return error();
        space();
        if (m_at < m_text.size()) {
            expected("the end of the text");
            return error();
        }
        return root;
    }

private:
    static constexpr int kMaxDepth = 256;

    void space()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n' || m_text[m_at] == '\r'))
            ++m_at;
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool expected(std::string what)
    {
        if (m_problem.empty())
            m_problem = m_at < m_text.size() ? "expected " + std::move(what) : "the text ends where " + std::move(what) + " was expected";
        return false;
    }

    std::unexpected<Error> error() const
    {
        const auto [line, column] = placeOf(m_text, m_at);
        return failure(ErrorCode::parse, "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + m_problem,
            TextRange { m_at, std::min(m_at + 1, m_text.size()) });
    }

    bool value(Json& out, int depth)
    {
        if (depth > kMaxDepth) {
            m_problem = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
            return false;
        }
        space();
        switch (peek()) {
        case '{':
            return object(out, depth);
        case '[':
            return array(out, depth);
        case '"': {
            std::string text;
            if (!string(text))
                return false;
            out.m_value = std::move(text);
            return true;
        }
        case 't':
            out.m_value = true;
            return word("true");
        case 'f':
            out.m_value = false;
            return word("false");
        case 'n':
            return word("null");
        default:
            return number(out);
        }
    }

    bool word(std::string_view text)
    {
        if (!m_text.substr(m_at).starts_with(text))
            return expected("a value");
        m_at += text.size();
        return true;
    }

    bool digits()
    {
        const auto begin = m_at;
        while (peek() >= '0' && peek() <= '9')
            ++m_at;
        return m_at > begin || expected("a digit");
    }

    bool number(Json& out)
    {
        const auto begin = m_at;
        if (peek() == '-')
            ++m_at;
        else if (peek() < '0' || peek() > '9')
            return expected("a value");
        if (peek() == '0')
            ++m_at;
        else if (!digits())
            return false;
        if (peek() == '.') {
            ++m_at;
            if (!digits())
                return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!digits())
                return false;
        }
        out.m_value = Json::Number { std::string(m_text.substr(begin, m_at - begin)) };
        return true;
    }

    bool hex4(unsigned& code)
    {
        code = 0;
        for (int i = 0; i < 4; ++i, ++m_at) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0)
                return expected("a hexadecimal digit");
            code = code * 16 + static_cast<unsigned>(digit);
        }
        return true;
    }

    bool escape(std::string& out)
    {
        const char c = peek();
        ++m_at;
        switch (c) {
        case '"':
        case '\\':
        case '/':
            out += c;
            return true;
        case 'b':
            out += '\b';
            return true;
        case 'f':
            out += '\f';
            return true;
        case 'n':
            out += '\n';
            return true;
        case 'r':
            out += '\r';
            return true;
        case 't':
            out += '\t';
            return true;
        case 'u': {
            unsigned code = 0;
            if (!hex4(code))
                return false;
            if (code >= 0xD800 && code < 0xDC00 && m_text.substr(m_at).starts_with("\\u")) {
                const auto back = m_at;
                m_at += 2;
                unsigned low = 0;
                if (!hex4(low))
                    return false;
                if (low >= 0xDC00 && low < 0xE000)
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                else
                    m_at = back;
            }
            appendUtf8(out, code); // a lone half of a pair becomes U+FFFD
            return true;
        }
        default:
            --m_at;
            return expected("an escape sequence");
        }
    }

    bool string(std::string& out)
    {
        ++m_at;
        while (true) {
            const auto begin = m_at;
            while (m_at < m_text.size() && m_text[m_at] != '"' && m_text[m_at] != '\\' && static_cast<unsigned char>(m_text[m_at]) >= 0x20)
                ++m_at;
            out.append(m_text.substr(begin, m_at - begin));
            if (m_at >= m_text.size())
                return expected("a closing quote");
            if (m_text[m_at] == '"') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '\\')
                return expected("an escape instead of a control character");
            ++m_at;
            if (!escape(out))
                return false;
        }
    }

    bool array(Json& out, int depth)
    {
        ++m_at;
        Json::Array items;
        space();
        if (peek() == ']') {
            ++m_at;
        } else {
            while (true) {
                if (!value(items.emplace_back(), depth + 1))
                    return false;
                space();
                if (peek() == ']') {
                    ++m_at;
                    break;
                }
                if (peek() != ',')
                    return expected("',' or ']'");
                ++m_at;
            }
        }
        out.m_value = std::move(items);
        return true;
    }

    bool object(Json& out, int depth)
    {
        ++m_at;
        Json::Object members;
        space();
        if (peek() == '}') {
            ++m_at;
        } else {
            while (true) {
                space();
                if (peek() != '"')
                    return expected("a member name in quotes");
                auto& member = members.emplace_back();
                if (!string(member.key))
                    return false;
                space();
                if (peek() != ':')
                    return expected("':'");
                ++m_at;
                if (!value(member.value, depth + 1))
                    return false;
                space();
                if (peek() == '}') {
                    ++m_at;
                    break;
                }
                if (peek() != ',')
                    return expected("',' or '}'");
                ++m_at;
            }
        }
        out.m_value = std::move(members);
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_problem;
};

Result<Json> Json::parse(std::string_view text)
{
    return JsonParser(text).document();
}

}
