#include "core/promql/completion.h"

#include "core/promql/lexer.h"

#include <algorithm>
#include <utility>

// Works on tokens, not on the tree: a query that is being typed has none. The tokens before the place are walked once with
// a stack of what is open; what is on top at the end says what can follow.

namespace belvedere::promql {

namespace {

using Kind = CompletionPlace::Kind;

bool isWordChar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

bool isWord(TokenKind kind)
{
    return kind == TokenKind::identifier || kind == TokenKind::metricIdentifier || kind == TokenKind::aggregator || isKeyword(kind);
}

/// Something that is open at the place.
struct Frame {
    enum class Kind : std::uint8_t { parens, call, grouping, braces, brackets };

    Kind kind = Kind::parens;
    std::string name; ///< of the function; of the metric in front of braces; of the aggregation whose grouping stands in front of its arguments
    std::size_t argument = 0;
    bool beforeOperand = false; ///< grouping: something to work on follows, as in `on (x) y`
};

class Walk {
public:
    Walk(std::string_view query, std::size_t offset)
        : m_query(query)
        , m_before(query.substr(0, offset))
    {
        m_tokens = tokenize(m_before).tokens;
    }

    CompletionPlace run()
    {
        const auto last = m_tokens.back();
        m_tokens.pop_back();
        CompletionPlace place;
        place.replace = { m_before.size(), m_before.size() };
        if (!m_tokens.empty() && m_tokens.back().kind == TokenKind::comment && m_before.find('\n', m_tokens.back().range.end) == std::string_view::npos) {
            place.kind = Kind::none;
            return place;
        }
        std::erase_if(m_tokens, [](const Token& token) { return token.kind == TokenKind::comment; });
        takeUnfinished(last, place);
        for (std::size_t i = 0; i < m_tokens.size(); ++i)
            step(i);
        decide(place);
        nameCall(place);
        return place;
    }

private:
    [[nodiscard]] std::string_view text(const Token& token) const { return m_before.substr(token.range.begin, token.range.end - token.range.begin); }

    /// Takes the word or string that the place is in the middle of away from the tokens.
    void takeUnfinished(const Token& last, CompletionPlace& place)
    {
        const auto unread = text(last);
        if (last.kind == TokenKind::error && !unread.empty() && (unread.front() == '"' || unread.front() == '\'' || unread.front() == '`')) {
            m_inString = true;
            place.inQuotes = true;
            place.prefix = unread.substr(1);
            place.replace.begin = last.range.begin + 1;
            const auto close = m_query.find(unread.front(), m_before.size());
            const auto lineEnd = m_query.find('\n', m_before.size());
            place.replace.end = close != std::string_view::npos && close < std::min(lineEnd, m_query.size()) ? close : m_before.size();
            return;
        }
        if (m_tokens.empty() || m_tokens.back().range.end != m_before.size())
            return;
        const auto token = m_tokens.back();
        if (token.kind == TokenKind::number || token.kind == TokenKind::duration)
            m_inNumber = true;
        if (!isWord(token.kind) && !m_inNumber)
            return;
        place.prefix = text(token);
        place.replace.begin = token.range.begin;
        while (place.replace.end < m_query.size() && isWordChar(m_query[place.replace.end]))
            ++place.replace.end;
        m_tokens.pop_back();
    }

    void step(std::size_t i)
    {
        const auto& token = m_tokens[i];
        const auto before = i > 0 ? m_tokens[i - 1] : Token {};
        switch (token.kind) {
        case TokenKind::leftParen: return openParen(i);
        case TokenKind::leftBrace:
            m_stack.push_back({ Frame::Kind::braces, namesMetric(before, token) ? std::string(text(before)) : std::string() });
            m_matchers.clear();
            m_matcherStart = i + 1;
            return;
        case TokenKind::leftBracket: m_stack.push_back({ Frame::Kind::brackets, {} }); return;
        case TokenKind::rightParen:
        case TokenKind::rightBrace:
        case TokenKind::rightBracket:
            finishMatcher(i);
            if (m_stack.empty())
                return;
            if (token.kind == TokenKind::rightParen && m_stack.back().beforeOperand) {
                m_beforeOperand = i;
                m_grouped = std::move(m_stack.back().name);
            }
            m_stack.pop_back();
            return;
        case TokenKind::comma:
            finishMatcher(i);
            m_matcherStart = i + 1;
            if (!m_stack.empty())
                ++m_stack.back().argument;
            return;
        default: return;
        }
    }

    /// A metric's name may stand apart from its braces. Keywords too can be names, but `x and {` has none.
    static bool namesMetric(const Token& before, const Token& brace)
    {
        const bool isName = before.kind == TokenKind::identifier || before.kind == TokenKind::metricIdentifier;
        return isName || (isWord(before.kind) && before.range.end == brace.range.begin);
    }

    void openParen(std::size_t i)
    {
        const auto before = i > 0 ? m_tokens[i - 1] : Token {};
        switch (before.kind) {
        case TokenKind::by:
        case TokenKind::without: {
            const bool isHead = i > 1 && m_tokens[i - 2].kind == TokenKind::aggregator; // not behind the arguments
            m_stack.push_back({ Frame::Kind::grouping, isHead ? std::string(text(m_tokens[i - 2])) : std::string(), 0, isHead });
            return;
        }
        case TokenKind::on:
        case TokenKind::ignoring:
        case TokenKind::groupLeft:
        case TokenKind::groupRight: m_stack.push_back({ Frame::Kind::grouping, {}, 0, true }); return;
        case TokenKind::identifier:
        case TokenKind::aggregator: m_stack.push_back({ Frame::Kind::call, std::string(text(before)) }); return;
        default: break;
        }
        if (i > 0 && m_beforeOperand == i - 1 && !m_grouped.empty())
            m_stack.push_back({ Frame::Kind::call, m_grouped });
        else
            m_stack.push_back({ Frame::Kind::parens, {} });
    }

    /// Remembers the matcher that ends before token `end`, if it is whole.
    void finishMatcher(std::size_t end)
    {
        if (m_stack.empty() || m_stack.back().kind != Frame::Kind::braces || end != m_matcherStart + 3)
            return;
        using Op = model::Matcher::Op;
        Op op = Op::equal;
        switch (m_tokens[m_matcherStart + 1].kind) {
        case TokenKind::assign: break;
        case TokenKind::notEqual: op = Op::notEqual; break;
        case TokenKind::regexMatch: op = Op::regexMatch; break;
        case TokenKind::regexNoMatch: op = Op::regexNoMatch; break;
        default: return;
        }
        const auto& quoted = m_tokens[m_matcherStart + 2];
        if (quoted.kind != TokenKind::string)
            return;
        auto value = unquote(text(quoted));
        if (!value)
            return;
        auto matcher = model::Matcher::create(op, labelName(m_tokens[m_matcherStart]), std::move(*value));
        if (matcher)
            m_matchers.push_back(std::move(*matcher));
    }

    [[nodiscard]] std::string labelName(const Token& token) const
    {
        return token.kind == TokenKind::string ? unquote(text(token)).value_or("") : std::string(text(token));
    }

    void decide(CompletionPlace& place)
    {
        const auto before = m_tokens.empty() ? Token {} : m_tokens.back();
        if (!m_stack.empty()) {
            switch (m_stack.back().kind) {
            case Frame::Kind::braces: return decideInBraces(place, before);
            case Frame::Kind::brackets: place.kind = Kind::duration; return;
            case Frame::Kind::grouping:
                place.kind = before.kind == TokenKind::leftParen || before.kind == TokenKind::comma ? Kind::groupingLabel : Kind::none;
                findSelector(place);
                return;
            case Frame::Kind::call:
            case Frame::Kind::parens: break;
            }
        }
        if (before.kind == TokenKind::offset) {
            place.kind = Kind::duration;
        } else if (before.kind == TokenKind::at) {
            place.kind = Kind::time;
        } else if (m_inString || m_inNumber) {
            place.kind = Kind::none;
        } else {
            place.kind = endsOperand(before) ? Kind::afterOperand : Kind::operand;
        }
    }

    [[nodiscard]] bool endsOperand(const Token& token) const
    {
        switch (token.kind) {
        case TokenKind::rightParen: return m_beforeOperand != m_tokens.size() - 1;
        case TokenKind::identifier:
        case TokenKind::metricIdentifier:
        case TokenKind::number:
        case TokenKind::duration:
        case TokenKind::string:
        case TokenKind::rightBrace:
        case TokenKind::rightBracket: return true;
        default: return false;
        }
    }

    void decideInBraces(CompletionPlace& place, const Token& before)
    {
        place.metric = m_stack.back().name;
        place.matchers = m_matchers;
        switch (before.kind) {
        case TokenKind::leftBrace:
        case TokenKind::comma: place.kind = Kind::labelName; return;
        case TokenKind::assign:
        case TokenKind::notEqual:
        case TokenKind::regexMatch:
        case TokenKind::regexNoMatch:
            place.kind = Kind::labelValue;
            if (m_matcherStart < m_tokens.size())
                place.label = labelName(m_tokens[m_matcherStart]);
            return;
        case TokenKind::identifier: place.kind = Kind::matchOperator; return;
        case TokenKind::string: place.kind = m_tokens.size() == m_matcherStart + 1 ? Kind::matchOperator : Kind::none; return; // a quoted name
        default: place.kind = Kind::none; return;
        }
    }

    /// For labels of a grouping: the first selector behind it, else the last one before it.
    void findSelector(CompletionPlace& place) const
    {
        const auto all = tokenize(m_query).tokens;
        const auto isMetric = [&](std::size_t i) {
            const bool called = i + 1 < all.size() && all[i + 1].kind == TokenKind::leftParen;
            return !called && (all[i].kind == TokenKind::identifier || all[i].kind == TokenKind::metricIdentifier);
        };
        std::size_t depth = 0; // groupings and braces hold labels, not metrics
        std::string found;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool opensGrouping = all[i].kind == TokenKind::leftParen && i > 0 && isKeyword(all[i - 1].kind) && all[i - 1].kind >= TokenKind::by && all[i - 1].kind <= TokenKind::groupRight;
            if (opensGrouping || all[i].kind == TokenKind::leftBrace || (depth > 0 && all[i].kind == TokenKind::leftParen))
                ++depth;
            else if (depth > 0 && (all[i].kind == TokenKind::rightParen || all[i].kind == TokenKind::rightBrace))
                --depth;
            else if (depth == 0 && isMetric(i)) {
                found = m_query.substr(all[i].range.begin, all[i].range.end - all[i].range.begin);
                if (all[i].range.begin > m_before.size())
                    break;
            }
        }
        place.metric = found;
    }

    void nameCall(CompletionPlace& place) const
    {
        for (auto frame = m_stack.rbegin(); frame != m_stack.rend(); ++frame) {
            if (frame->kind != Frame::Kind::call)
                continue;
            place.function = frame->name;
            place.argument = frame->argument;
            return;
        }
    }

    std::string_view m_query;
    std::string_view m_before;
    std::vector<Token> m_tokens;
    std::vector<Frame> m_stack;
    model::Matchers m_matchers;
    std::size_t m_matcherStart = 0;
    std::size_t m_beforeOperand = static_cast<std::size_t>(-1); ///< the parenthesis that closed the last grouping before an operand
    std::string m_grouped; ///< the aggregation of that grouping, if it is one's
    bool m_inString = false;
    bool m_inNumber = false;
};

}

CompletionPlace completionPlace(std::string_view query, std::size_t offset)
{
    return Walk(query, std::min(offset, query.size())).run();
}

}
