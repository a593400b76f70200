// Recursive descent over the text: literal text becomes nodes as it is, each action is cut into tokens and parsed on its
// own. Control actions (`if`, `with`, `range`, `define`) read the list of nodes up to their `end`; which word stopped such
// a list is the one thing that a list tells its caller. Variables are checked here, so execution need not look for typos.

#include "core/base/go_template/parser.h"

#include "core/base/format.h"
#include "core/base/go_template/functions.h"
#include "core/base/go_template/lexer.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace belvedere::gotemplate {

namespace {

/// The code point of a character constant.
Value runeValue(std::string_view text)
{
    std::uint32_t code = static_cast<unsigned char>(text.empty() ? '\0' : text[0]);
    if (code >= 0xC0) {
        code &= code >= 0xF0 ? 0x07 : code >= 0xE0 ? 0x0F : 0x1F;
        for (std::size_t i = 1; i < text.size(); ++i)
            code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
    }
    return Value(static_cast<std::int64_t>(code));
}

bool numberValue(const std::string& text, Value& value)
{
    std::string_view digits = text;
    bool negative = false;
    if (digits.front() == '+' || digits.front() == '-') {
        negative = digits.front() == '-';
        digits.remove_prefix(1);
    }
    int base = 10;
    if (digits.size() > 1 && digits[0] == '0') {
        const char c = static_cast<char>(digits[1] | 32);
        base = c == 'x' ? 16 : c == 'b' ? 2 : c == 'o' || (digits[1] >= '0' && digits[1] <= '7' && !digits.contains('.')) ? 8 : 10;
        if (c == 'x' || c == 'b' || c == 'o')
            digits.remove_prefix(2);
    }
    std::string plain;
    std::ranges::copy_if(digits, std::back_inserter(plain), [](char c) { return c != '_'; });
    std::uint64_t integer = 0;
    const auto* last = plain.data() + plain.size();
    const auto largest = static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (const auto [end, failed] = std::from_chars(plain.data(), last, integer, base); failed == std::errc() && end == last && integer <= largest) {
        value = Value(static_cast<std::int64_t>(negative ? 0 - integer : integer));
        return true;
    }
    const auto number = parseFloat(text);
    if (!number)
        return false;
    value = Value(*number);
    return true;
}

class Parser {
public:
    Parser(std::string_view name, std::string_view text, const Functions& functions)
        : m_name(name)
        , m_text(text)
        , m_functions(functions)
    {
    }

    Result<Tree> run()
    {
        if (!list(m_tree.root, 0))
            return std::unexpected(*m_error);
        if (m_stop != Stop::end) {
            error(formatted("unexpected {{{{{}}}}}", m_stopWord), m_actionAt);
            return std::unexpected(*m_error);
        }
        return std::move(m_tree);
    }

private:
    enum class Stop : std::uint8_t { end, endWord, elseWord };

    bool error(std::string message, std::size_t at)
    {
        if (!m_error) {
            const auto line = 1 + std::count(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(std::min(at, m_text.size())), '\n');
            m_error = Error { ErrorCode::parse, formatted("template: {}:{}: {}", m_name, line, message), TextRange { at, std::min(at + 1, m_text.size()) } };
        }
        return false;
    }

    /// Reads nodes until the text ends or an `end` or `else` is met, which m_stop then says.
    bool list(std::vector<Node>& nodes, std::size_t depth)
    {
        if (depth > kDeepest)
            return error("nested too deeply", m_at);
        while (m_at < m_text.size()) {
            const auto open = m_text.find("{{", m_at);
            const bool trimsBefore = open != std::string_view::npos && open + 3 < m_text.size() && m_text[open + 2] == '-' && isSpace(m_text[open + 3]);
            literal(nodes, open, trimsBefore);
            if (open == std::string_view::npos) {
                m_at = m_text.size();
                break;
            }
            m_at = open + (trimsBefore ? 4 : 2);
            m_actionAt = open;
            if (m_text.substr(m_at).starts_with("/*")) {
                if (!comment())
                    return false;
                continue;
            }
            auto lexed = lexAction(m_text, open, m_at);
            if (!lexed)
                return error(std::move(lexed.error().message), lexed.error().at);
            m_tokens = std::move(lexed->tokens);
            m_next = 0;
            m_at = lexed->end;
            m_trimNext = lexed->trimsNext;
            bool stopped = false;
            if (!action(nodes, depth, stopped))
                return false;
            if (stopped)
                return true;
        }
        m_stop = Stop::end;
        return true;
    }

    /// The text up to `open`, where the next action is, with what its neighbours trim taken off.
    void literal(std::vector<Node>& nodes, std::size_t open, bool trimsBefore)
    {
        auto text = m_text.substr(m_at, open == std::string_view::npos ? open : open - m_at);
        while (m_trimNext && !text.empty() && isSpace(text.front()))
            text.remove_prefix(1);
        m_trimNext = false;
        while (trimsBefore && !text.empty() && isSpace(text.back()))
            text.remove_suffix(1);
        if (text.empty())
            return;
        Node node;
        node.text = text;
        nodes.push_back(std::move(node));
    }

    bool comment()
    {
        const auto close = m_text.find("*/", m_at + 2);
        if (close == std::string_view::npos)
            return error("unclosed comment", m_actionAt);
        m_at = close + 2;
        const auto rest = m_text.substr(m_at);
        m_trimNext = rest.starts_with(" -}}");
        if (!m_trimNext && !rest.starts_with("}}"))
            return error("comment ends before closing delimiter", m_actionAt);
        m_at += m_trimNext ? 4 : 2;
        return true;
    }

    const Token& peek() const
    {
        static const Token end;
        return m_next < m_tokens.size() ? m_tokens[m_next] : end;
    }
    void skipSpace()
    {
        while (peek().kind == Token::Kind::space)
            ++m_next;
    }
    bool isSymbol(std::string_view text) const { return peek().kind == Token::Kind::symbol && peek().text == text; }
    bool isWord(std::string_view text) const { return peek().kind == Token::Kind::identifier && peek().text == text; }
    bool atEnd() const { return m_next >= m_tokens.size(); }
    bool unexpected(std::string_view context)
    {
        if (atEnd())
            return error(formatted("missing value for {}", context), m_actionAt);
        return error(formatted("unexpected {} in {}", goQuoted(peek().text), context), peek().offset);
    }

    bool action(std::vector<Node>& nodes, std::size_t depth, bool& stopped)
    {
        skipSpace();
        Node node;
        node.offset = m_actionAt;
        const auto word = peek().kind == Token::Kind::identifier ? peek().text : std::string();
        if (word == "end" || word == "else") {
            ++m_next;
            m_stop = word == "end" ? Stop::endWord : Stop::elseWord;
            m_stopWord = word;
            stopped = true;
            return word == "else" || atEnd() || unexpected("end");
        }
        if (word == "if" || word == "with" || word == "range") {
            ++m_next;
            return control(nodes, std::move(node), word, depth);
        }
        if (word == "define" || word == "block" || word == "template") {
            ++m_next;
            return named(nodes, std::move(node), word, depth);
        }
        if (word == "break" || word == "continue") {
            if (m_ranges == 0)
                return error(formatted("{{{{{}}}}} outside {{{{range}}}}", word), node.offset);
            ++m_next;
            node.kind = word == "break" ? Node::Kind::leave : Node::Kind::next;
            nodes.push_back(std::move(node));
            return atEnd() || unexpected(word);
        }
        node.kind = Node::Kind::action;
        if (!pipeline(node.pipe, "command", false, 0))
            return false;
        if (!atEnd())
            return unexpected("command");
        nodes.push_back(std::move(node));
        return true;
    }

    /// `define` makes a named template, `template` runs one, `block` does both.
    bool named(std::vector<Node>& nodes, Node node, const std::string& word, std::size_t depth)
    {
        skipSpace();
        if (peek().kind != Token::Kind::string)
            return unexpected(word + " clause");
        node.kind = Node::Kind::call;
        node.text = m_tokens[m_next++].text;
        skipSpace();
        if (word != "define" && !atEnd() && !pipeline(node.pipe, word, false, 0))
            return false;
        if (!atEnd())
            return unexpected(word + " clause");
        if (word != "template" && !definition(node, word, depth))
            return false;
        if (word != "define")
            nodes.push_back(std::move(node));
        return true;
    }

    bool definition(const Node& node, const std::string& word, std::size_t depth)
    {
        std::vector<Node> body;
        const auto variables = std::exchange(m_variables, { "$" });
        m_tree.usesAllFields = true; // what the body calls its data is not known here
        if (!list(body, depth + 1))
            return false;
        m_variables = variables;
        if (m_stop != Stop::endWord)
            return error(formatted("unexpected {} in {}", m_stop == Stop::end ? "EOF" : "{{else}}", word), node.offset);
        m_tree.defined[node.text] = std::move(body);
        return true;
    }

    bool control(std::vector<Node>& nodes, Node node, const std::string& word, std::size_t depth)
    {
        node.kind = word == "if" ? Node::Kind::branch : word == "with" ? Node::Kind::with : Node::Kind::range;
        const auto scope = m_variables.size();
        if (!pipeline(node.pipe, word, word == "range", 0))
            return false;
        if (!atEnd())
            return unexpected(word);
        m_ranges += word == "range" ? 1 : 0;
        // Inside with and range the dot is another value.
        const bool rebinds = word != "if";
        m_rebound += rebinds ? 1 : 0;
        const bool ok = list(node.body, depth + 1);
        m_rebound -= rebinds ? 1 : 0;
        m_ranges -= word == "range" ? 1 : 0;
        if (!ok)
            return false;
        if (m_stop == Stop::elseWord) {
            skipSpace();
            if (isWord("if") || (isWord("with") && word == "with")) {
                const auto inner = m_tokens[m_next++].text;
                Node nested;
                nested.offset = m_actionAt;
                // The one `end` closes all of the chain.
                if (!control(node.otherwise, std::move(nested), inner, depth + 1))
                    return false;
            } else {
                if (!atEnd())
                    return unexpected("else");
                if (!list(node.otherwise, depth + 1))
                    return false;
                if (m_stop == Stop::elseWord)
                    return error(formatted("expected end; found {{{{else}}}}"), m_actionAt);
            }
        }
        if (m_stop == Stop::end)
            return error("unexpected EOF", node.offset);
        m_variables.resize(scope);
        m_stop = Stop::endWord;
        nodes.push_back(std::move(node));
        return true;
    }

    bool pipeline(Pipe& pipe, std::string_view context, bool ranges, std::size_t depth)
    {
        if (depth > kDeepest)
            return error("nested too deeply", m_actionAt);
        skipSpace();
        const auto start = m_next;
        std::vector<std::string> names;
        while (peek().kind == Token::Kind::variable) {
            names.push_back(peek().text);
            ++m_next;
            skipSpace();
            if (isSymbol(",") && ranges && names.size() == 1) {
                ++m_next;
                skipSpace();
                continue;
            }
            break;
        }
        if (!names.empty() && (isSymbol(":=") || isSymbol("="))) {
            pipe.assigns = isSymbol("=");
            ++m_next;
            if (pipe.assigns) {
                for (const auto& name : names) {
                    if (std::ranges::find(m_variables, name) == m_variables.end())
                        return error(formatted("undefined variable {}", goQuoted(name)), m_tokens[start].offset);
                }
            }
            pipe.variables = names;
        } else {
            m_next = start;
        }
        for (;;) {
            skipSpace();
            Command one;
            if (!command(one, context, depth))
                return false;
            if (!pipe.commands.empty() && one.operands.front().kind == Operand::Kind::literal)
                return error(formatted("non executable command in pipeline stage {}", pipe.commands.size() + 1), one.operands.front().offset);
            pipe.commands.push_back(std::move(one));
            skipSpace();
            if (!isSymbol("|"))
                break;
            ++m_next;
        }
        if (!pipe.assigns)
            m_variables.insert(m_variables.end(), pipe.variables.begin(), pipe.variables.end());
        return true;
    }

    bool command(Command& out, std::string_view context, std::size_t depth)
    {
        for (;;) {
            if (atEnd() || isSymbol("|") || isSymbol(")"))
                break;
            Operand one;
            if (!operand(one, context, depth))
                return false;
            out.operands.push_back(std::move(one));
            if (peek().kind == Token::Kind::space) {
                skipSpace();
                continue;
            }
            if (!atEnd() && !isSymbol("|") && !isSymbol(")"))
                return unexpected("operand");
        }
        if (out.operands.empty())
            return unexpected(context);
        return true;
    }

    bool operand(Operand& out, std::string_view context, std::size_t depth)
    {
        const auto token = peek();
        out.offset = token.offset;
        switch (token.kind) {
        case Token::Kind::identifier:
            if (token.text == "true" || token.text == "false" || token.text == "nil") {
                out.kind = Operand::Kind::literal;
                if (token.text != "nil")
                    out.literal = Value(token.text == "true");
            } else {
                out.kind = Operand::Kind::function;
                out.name = token.text;
                if (const auto own = m_functions.find(token.text); own != m_functions.end())
                    out.function = &own->second;
                else if (const auto built = builtins().find(token.text); built != builtins().end())
                    out.function = &built->second;
                else
                    return error(formatted("function {} not defined", goQuoted(token.text)), token.offset);
                m_tree.functions.push_back(token.text);
            }
            ++m_next;
            break;
        case Token::Kind::string:
            out.kind = Operand::Kind::literal;
            out.literal = Value(token.text);
            ++m_next;
            break;
        case Token::Kind::character:
            out.kind = Operand::Kind::literal;
            out.literal = runeValue(token.text);
            ++m_next;
            break;
        case Token::Kind::number:
            out.kind = Operand::Kind::literal;
            if (!numberValue(token.text, out.literal))
                return error(formatted("bad number syntax: {}", goQuoted(token.text)), token.offset);
            ++m_next;
            break;
        case Token::Kind::variable:
            if (std::ranges::find(m_variables, token.text) == m_variables.end())
                return error(formatted("undefined variable {}", goQuoted(token.text)), token.offset);
            out.kind = Operand::Kind::variable;
            out.name = token.text;
            ++m_next;
            break;
        case Token::Kind::field: out.kind = Operand::Kind::dot; break;
        case Token::Kind::symbol:
            if (token.text == ".") {
                out.kind = Operand::Kind::dot;
                ++m_next;
                break;
            }
            if (token.text == "(") {
                ++m_next;
                out.kind = Operand::Kind::pipe;
                out.pipe = std::make_unique<Pipe>();
                if (!pipeline(*out.pipe, "parenthesized pipeline", false, depth + 1))
                    return false;
                if (!isSymbol(")"))
                    return error("unclosed left paren", token.offset);
                ++m_next;
                break;
            }
            return unexpected(context);
        default: return unexpected(context);
        }
        while (peek().kind == Token::Kind::field)
            out.fields.push_back(m_tokens[m_next++].text);
        if (!out.fields.empty() && out.kind == Operand::Kind::literal)
            return error(formatted("unexpected . after term {}", goQuoted(token.text)), token.offset);
        // Which fields of the outermost data are used?
        const bool outermost = (out.kind == Operand::Kind::dot && m_rebound == 0) || (out.kind == Operand::Kind::variable && out.name == "$");
        if (outermost && out.fields.empty())
            m_tree.usesAllFields = true;
        else if (outermost)
            m_tree.fields.push_back(out.fields.front());
        return true;
    }

    std::string_view m_name;
    std::string_view m_text;
    const Functions& m_functions;
    std::size_t m_at = 0;
    std::size_t m_actionAt = 0;
    bool m_trimNext = false;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    Stop m_stop = Stop::end;
    std::string m_stopWord;
    std::vector<std::string> m_variables { "$" };
    int m_ranges = 0;
    int m_rebound = 0;
    Tree m_tree;
    std::optional<Error> m_error;
};

}

Result<Tree> parseTree(std::string_view name, std::string_view text, const Functions& functions) { return Parser(name, text, functions).run(); }

}
