#include "core/base/format.h"
#include "core/base/text.h"
#include "core/logql/stages/extracted_text.h"
#include "core/logql/stages/parser_stage.h"
#include "core/logql/stages/text_scan.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

// `| logfmt`. The format has no grammar that people agree on, so what counts is what Loki's reader does with each oddity: a
// fault skips to the next blank and reading goes on, unless the stage is strict.

namespace belvedere::logql {

namespace {

constexpr std::string_view kLogfmtError = "LogfmtParserErr";

/// Reads `key=value key="quoted value" key`. A fault skips to the next blank and is remembered.
class LogfmtCursor {
public:
    explicit LogfmtCursor(std::string_view line)
        : m_line(line)
    {
    }

    std::string_view key;
    std::string_view value;

    /// Goes on to the next pair, past faults; where `strict`, a fault is the end. False at the end.
    bool next(Arena& arena, bool strict)
    {
        while (!atEnd()) {
            if (readPair(arena))
                return true;
            if (strict)
                return false;
        }
        return false;
    }

    [[nodiscard]] const std::string& error() const { return m_error; }

private:
    [[nodiscard]] bool atEnd() const { return m_at >= m_line.size(); }
    static bool isBlankByte(char c) { return static_cast<unsigned char>(c) <= ' '; }

    /// False at the end and at a fault.
    bool readPair(Arena& arena)
    {
        key = value = {};
        while (m_at < m_line.size() && isBlankByte(m_line[m_at]))
            ++m_at;
        if (atEnd())
            return false;
        const auto start = m_at;
        for (; m_at < m_line.size(); ++m_at) {
            const char c = m_line[m_at];
            if (c == '=') {
                if (m_at == start)
                    return unexpected(c);
                key = m_line.substr(start, m_at - start);
                if (!validKey())
                    return false;
                ++m_at;
                return readValue(arena);
            }
            if (c == '"')
                return unexpected(c);
            if (isBlankByte(c))
                break;
        }
        key = m_line.substr(start, m_at - start);
        return validKey();
    }

    bool validKey()
    {
        const bool ascii = std::ranges::none_of(key, [](char c) { return static_cast<signed char>(c) < 0; });
        if (ascii || (isValidUtf8(key) && !key.contains("\xEF\xBF\xBD")))
            return true;
        return fault("invalid key");
    }

    bool readValue(Arena& arena)
    {
        if (atEnd() || isBlankByte(m_line[m_at]))
            return true;
        if (m_line[m_at] == '"')
            return readQuoted(arena);
        const auto start = m_at;
        for (; m_at < m_line.size(); ++m_at) {
            const char c = m_line[m_at];
            if (c == '=' || c == '"')
                return unexpected(c);
            if (isBlankByte(c))
                break;
        }
        value = labelValue(m_line.substr(start, m_at - start), arena);
        return true;
    }

    bool readQuoted(Arena& arena)
    {
        QuotedText inside;
        const char* const begin = m_line.data() + m_at + 1;
        const char* const quote = closingQuote(begin, m_line.data() + m_line.size(), inside);
        if (!quote) {
            m_at = m_line.size();
            return fault("unterminated quoted value");
        }
        std::string_view text(begin, quote);
        m_at = static_cast<std::size_t>(quote + 1 - m_line.data());
        if (inside.escapes && !unescape(text, arena))
            return fault("invalid quoted value");
        value = labelValue(text, arena);
        return true;
    }

    bool unexpected(char c) { return fault(formatted("unexpected '{}'", c)); }

    bool fault(const std::string& what)
    {
        if (m_error.empty())
            m_error = formatted("logfmt syntax error at pos {} : {}", m_at + 1, what);
        while (m_at < m_line.size() && !isBlankByte(m_line[m_at]))
            ++m_at;
        return false;
    }

    std::string_view m_line;
    std::size_t m_at = 0;
    std::string m_error;
};

class LogfmtParser final : public ParserStage {
public:
    explicit LogfmtParser(const LogfmtStage& stage)
        : m_strict(stage.strict)
        , m_keepEmpty(stage.keepEmpty)
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        LogfmtCursor cursor(state.line);
        while (cursor.next(state.arena(), m_strict)) {
            if (cursor.value.empty() && !m_keepEmpty)
                continue;
            const auto name = labelName(cursor.key, state.arena());
            if (name.empty())
                continue;
            if (!set(state, name, cursor.value))
                return false;
            if (hints->satisfied(state))
                return true;
        }
        if (m_strict && !cursor.error().empty())
            fail(state, kLogfmtError, cursor.error());
        return true;
    }

private:
    bool m_strict;
    bool m_keepEmpty;
};

class LogfmtPathParser final : public ParserStage {
public:
    explicit LogfmtPathParser(const LogfmtStage& stage)
        : m_strict(stage.strict)
        , m_keepEmpty(stage.keepEmpty)
        , m_extractions(stage.extractions)
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        LogfmtCursor cursor(state.line);
        while (cursor.next(state.arena(), m_strict)) {
            for (const auto& one : m_extractions) {
                if (one.expression != cursor.key || (cursor.value.empty() && !m_keepEmpty))
                    continue;
                // Of duplicate keys the last one counts.
                setExpression(state, one.label, cursor.value);
            }
        }
        if (m_strict && !cursor.error().empty()) {
            fail(state, kLogfmtError, cursor.error());
            return true;
        }
        for (const auto& one : m_extractions) {
            if (m_keepEmpty && !state.get(one.label))
                setExpression(state, one.label, "");
        }
        return true;
    }

private:
    bool m_strict;
    bool m_keepEmpty;
    std::vector<Extraction> m_extractions;
};

}

Result<std::unique_ptr<ParserStage>> compileLogfmt(const LogfmtStage& stage)
{
    if (stage.extractions.empty())
        return std::make_unique<LogfmtParser>(stage);
    for (const auto& one : stage.extractions) {
        if (one.expression.empty() || one.expression.find_first_of(" =\"") != std::string::npos)
            return failure(ErrorCode::parse, formatted("'{}' is no logfmt key", one.expression));
    }
    return std::make_unique<LogfmtPathParser>(stage);
}

}
