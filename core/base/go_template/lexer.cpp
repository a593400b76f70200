// Spaces are tokens: `.a.b` is one operand and `.a .b` are two.

#include "core/base/go_template/lexer.h"

#include "core/base/format.h"
#include "core/base/go_string.h"
#include "core/base/text.h"

namespace belvedere::gotemplate {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool isNameChar(char c) { return isNameStart(c) || isDigit(c); }

std::size_t nameLength(std::string_view text)
{
    std::size_t n = 0;
    while (n < text.size() && isNameChar(text[n]))
        ++n;
    return n;
}

bool startsNumber(std::string_view text)
{
    const bool signedOrPoint = text[0] == '+' || text[0] == '-' || text[0] == '.';
    return isDigit(text[0]) || (signedOrPoint && text.size() > 1 && (isDigit(text[1]) || text[1] == '.'));
}

std::size_t numberLength(std::string_view text)
{
    const auto isSign = [&](std::size_t n) { return (text[n] == '+' || text[n] == '-') && (text[n - 1] == 'e' || text[n - 1] == 'E'); };
    std::size_t n = 1;
    while (n < text.size() && (isNameChar(text[n]) || text[n] == '.' || isSign(n)))
        ++n;
    return n;
}

class Lexer {
public:
    Lexer(std::string_view text, std::size_t open, std::size_t at)
        : m_text(text)
        , m_open(open)
        , m_at(at)
    {
    }

    std::expected<Action, LexError> run()
    {
        while (!closes()) {
            if (!token())
                return std::unexpected(std::move(m_error));
        }
        while (!m_action.tokens.empty() && m_action.tokens.back().kind == Token::Kind::space)
            m_action.tokens.pop_back();
        m_action.end = m_at;
        return std::move(m_action);
    }

private:
    bool fail(std::string message, std::size_t at)
    {
        m_error = { std::move(message), at };
        return false;
    }

    bool push(Token::Kind kind, std::string_view text, std::size_t length)
    {
        m_action.tokens.push_back({ kind, std::string(text), m_at });
        m_at += length;
        return true;
    }

    std::string_view rest() const { return m_text.substr(m_at); }

    std::size_t spaceLength() const
    {
        std::size_t n = 0;
        while (m_at + n < m_text.size() && isSpace(m_text[m_at + n]))
            ++n;
        return n;
    }

    /// Takes the closing braces, with the space and the minus sign that trim what follows.
    bool closes()
    {
        if (rest().starts_with("}}")) {
            m_at += 2;
            return true;
        }
        const auto space = spaceLength();
        if (space == 0 || !rest().substr(space).starts_with("-}}"))
            return false;
        m_at += space + 3;
        m_action.trimsNext = true;
        return true;
    }

    bool token()
    {
        const auto text = rest();
        if (text.empty())
            return fail("unclosed action", m_open);
        const char c = text[0];
        if (isSpace(c))
            return push(Token::Kind::space, " ", spaceLength());
        if (c == '"' || c == '\'')
            return quotation(text);
        if (c == '`') {
            const auto close = text.find('`', 1);
            if (close == std::string_view::npos)
                return fail("unterminated raw quoted string", m_at);
            return push(Token::Kind::string, text.substr(1, close - 1), close + 1);
        }
        if (c == '.' && text.size() > 1 && isNameStart(text[1])) {
            const auto n = nameLength(text.substr(1));
            return push(Token::Kind::field, text.substr(1, n), 1 + n);
        }
        if (c == '$') {
            const auto n = 1 + nameLength(text.substr(1));
            return push(Token::Kind::variable, text.substr(0, n), n);
        }
        if (isNameStart(c)) {
            const auto n = nameLength(text);
            return push(Token::Kind::identifier, text.substr(0, n), n);
        }
        if (startsNumber(text)) {
            const auto n = numberLength(text);
            return push(Token::Kind::number, text.substr(0, n), n);
        }
        if (text.starts_with(":="))
            return push(Token::Kind::symbol, ":=", 2);
        if (std::string_view("().|,=").contains(c))
            return push(Token::Kind::symbol, text.substr(0, 1), 1);
        return fail(formatted("unexpected {} in command", goQuoted(text.substr(0, 1))), m_at);
    }

    bool quotation(std::string_view text)
    {
        const char quote = text[0];
        std::size_t n = 1;
        while (n < text.size() && text[n] != quote && text[n] != '\n')
            n += text[n] == '\\' ? 2 : 1;
        if (n >= text.size() || text[n] != quote)
            return fail(quote == '"' ? "unterminated quoted string" : "unterminated character constant", m_at);
        const auto value = unescapeGoString(text.substr(1, n - 1), "'\"");
        if (!value)
            return fail("invalid syntax", m_at);
        return push(quote == '"' ? Token::Kind::string : Token::Kind::character, *value, n + 1);
    }

    std::string_view m_text;
    std::size_t m_open;
    std::size_t m_at;
    Action m_action;
    LexError m_error;
};

}

std::expected<Action, LexError> lexAction(std::string_view text, std::size_t open, std::size_t at) { return Lexer(text, open, at).run(); }

}
