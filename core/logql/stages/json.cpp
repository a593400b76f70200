#include "core/logql/json_path.h"
#include "core/logql/stages/json_cursor.h"
#include "core/logql/stages/parser_stage.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// `| json`. Most queries want one or two top-level members of lines that all look alike, so there are two ways through a
// line: a quick one that knows the usual form only and stops at the last label that is wanted, and a careful one that does
// everything as Loki does, into which the quick one falls as soon as it is unsure. `| json label="path"` has its own walk,
// since it reads arrays too and nothing but what it was asked for.

namespace belvedere::logql {

namespace {

constexpr std::size_t kDeepest = 200; ///< objects within objects that are still taken apart

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// True if labelName() may do more to an ASCII `key` than put underscores in place of single characters.
bool changesAtEdges(std::string_view key) { return key.front() <= ' ' || key.back() <= ' ' || isDigit(key.front()); }

/// Reads what lines usually consist of. False is "unsure", never "broken", and ends the quick way.
class QuickScan {
public:
    explicit QuickScan(std::string_view line)
        : m_at(line.data())
        , m_end(line.data() + line.size())
    {
    }

    [[nodiscard]] bool take(char c)
    {
        skipSpaces();
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }

    /// `"key":`
    [[nodiscard]] bool key(std::string_view& out)
    {
        QuotedText inside;
        if (!take('"') || !quoted(out, inside) || inside.escapes || !inside.ascii || out.empty() || changesAtEdges(out))
            return false;
        if (m_at == m_end || *m_at != ':')
            return false;
        ++m_at;
        skipSpaces();
        return true;
    }

    /// First character of the value; 0 at the end.
    [[nodiscard]] char peek() const { return m_at == m_end ? '\0' : *m_at; }

    [[nodiscard]] bool string(std::string_view& out, QuotedText& inside)
    {
        ++m_at;
        return quoted(out, inside);
    }

    [[nodiscard]] bool block()
    {
        const char* const end = JsonCursor::blockEnd(m_at, m_end);
        if (!end)
            return false;
        m_at = end;
        return true;
    }

    /// A number, true, false or null; the caller looks which.
    [[nodiscard]] std::string_view token()
    {
        const char* const begin = m_at;
        while (m_at < m_end && !JsonCursor::endsToken(*m_at))
            ++m_at;
        return { begin, m_at };
    }

private:
    void skipSpaces()
    {
        while (m_at < m_end && *m_at == ' ')
            ++m_at;
    }

    [[nodiscard]] bool quoted(std::string_view& out, QuotedText& inside)
    {
        const char* const quote = closingQuote(m_at, m_end, inside);
        if (!quote)
            return false;
        out = { m_at, quote };
        m_at = quote + 1;
        return true;
    }

    const char* m_at;
    const char* const m_end;
};

class JsonParser final : public ParserStage {
public:
    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        if (!hints->required.empty() && !hints->wantsExtracted) {
            const auto outcome = runQuick(state);
            if (outcome != Outcome::unsure)
                return outcome == Outcome::kept;
            // The careful way sees what has been set already and goes on from there.
        }
        Walk walk { state, {}, true, false };
        JsonCursor cursor(state.line);
        if (!object(cursor, walk, 0))
            fail(state, kJsonError, walk.error);
        return walk.keep;
    }

private:
    enum class Outcome : std::uint8_t { kept, dropped, unsure };

    /// For lines as they usually are when only a few top-level labels are wanted.
    Outcome runQuick(LineState& state) const
    {
        QuickScan scan(state.line);
        if (!scan.take('{'))
            return Outcome::unsure;
        do {
            std::string_view key;
            if (!scan.key(key))
                return Outcome::unsure;
            const auto wanted = placeAmongRequired(key);
            if (wanted == kUnsure)
                return Outcome::unsure;
            const bool isWanted = wanted < hints->required.size();
            std::string_view value;
            if (!quickValue(scan, state, key, isWanted, value))
                return Outcome::unsure;
            if (isWanted && value.data() && (state.extracted >> wanted & 1) == 0) {
                if (!setWanted(state, wanted, value))
                    return Outcome::dropped;
                if (hints->satisfied(state))
                    return Outcome::kept;
            }
        } while (scan.take(','));
        return scan.take('}') ? Outcome::kept : Outcome::unsure;
    }

    static constexpr std::size_t kUnsure = std::string_view::npos;

    /// Which of Hints::required `key` is, their number for none; kUnsure if a name has to be made of the key to tell.
    std::size_t placeAmongRequired(std::string_view key) const
    {
        const auto& required = hints->required;
        if (!hints->mayBeRequired(key.size()))
            return required.size();
        for (std::size_t i = 0; i < required.size(); ++i) {
            const auto& name = required[i];
            if (name.size() != key.size())
                continue;
            if (name == key)
                return i;
            if (name.contains('_') && !std::ranges::all_of(key, isNameByte))
                return kUnsure;
        }
        return required.size();
    }

    /// Reads the value of `key`; `out` stays without data if it is none that a label can hold. False if unsure.
    bool quickValue(QuickScan& scan, LineState& state, std::string_view key, bool isWanted, std::string_view& out) const
    {
        const char c = scan.peek();
        if (c == '"') {
            QuotedText inside;
            if (!scan.string(out, inside))
                return false;
            if (isWanted && (inside.escapes || !inside.ascii))
                out = jsonLabelValue(out, state.arena());
            return true;
        }
        if (c == '{') {
            // Its members may be wanted: their names begin with the key's.
            const auto mayContinue = [&](const std::string& name) { return name.starts_with(key); };
            return !std::ranges::any_of(hints->required, mayContinue) && std::ranges::all_of(key, isNameByte) && scan.block();
        }
        if (c == '[')
            return scan.block();
        const auto token = scan.token();
        if (token == "null")
            return true;
        out = token;
        return isDigit(c) || c == '-' || token == "true" || token == "false";
    }

    struct Walk {
        LineState& state;
        std::string_view error;
        bool keep;
        bool done;
    };

    /// `prefix` is "" or the sanitised path with a trailing underscore.
    bool object(JsonCursor& cursor, Walk& walk, std::size_t depth, std::string_view prefix = {}) const
    {
        auto& state = walk.state;
        bool innerOk = true;
        const bool ok = cursor.object(state.arena(), [&](std::string_view key, const JsonValue& value) {
            switch (value.type) {
            case JsonType::null:
            case JsonType::array: break;
            case JsonType::object: {
                auto path = labelName(key, state.arena());
                if (!prefix.empty()) {
                    // Only the first part is kept from beginning with a digit.
                    if (path.size() > key.size() && path.starts_with('_'))
                        path.remove_prefix(1);
                    path = state.arena().join(prefix, path);
                }
                if (depth >= kDeepest || !wantsPrefix(path))
                    break;
                JsonCursor inner(value.text);
                if (!object(inner, walk, depth + 1, state.arena().join(path, "_"))) {
                    innerOk = false;
                    return false;
                }
                break;
            }
            default:
                if (!prefix.empty() || !cursor.keyIsAscii() || mayWant(key))
                    member(walk, prefix, key, value);
            }
            return !walk.done;
        });
        if (!ok)
            walk.error = cursor.error();
        return ok && innerOk;
    }

    void member(Walk& walk, std::string_view prefix, std::string_view key, const JsonValue& value) const
    {
        auto& state = walk.state;
        auto name = labelName(key, state.arena());
        if (prefix.empty() && name.empty())
            return;
        if (!prefix.empty()) {
            if (name.size() > key.size() && name.starts_with('_'))
                name.remove_prefix(1);
            name = state.arena().join(prefix, name);
        }
        if (state.isTaken(name))
            name = state.arena().join(name, kDuplicateSuffix);
        if (!hints->wants(name) || state.hasParsed(name))
            return;
        const auto text = value.type == JsonType::string ? jsonLabelValue(value.text, state.arena()) : value.text;
        walk.keep = setFinal(state, name, text);
        walk.done = !walk.keep || hints->satisfied(state);
    }

    /// Cheap, and never false for an ASCII key that is wanted: most are told apart by length before a name is made of them.
    bool mayWant(std::string_view key) const
    {
        if (hints->required.empty() || hints->wantsExtracted || key.empty())
            return true;
        if (changesAtEdges(key))
            return true;
        if (!hints->mayBeRequired(key.size()))
            return false;
        return std::ranges::any_of(hints->required, [&](const std::string& name) {
            if (name.size() != key.size())
                return false;
            std::size_t i = 0;
            while (i < key.size() && (key[i] == name[i] || (name[i] == '_' && !isNameByte(key[i]))))
                ++i;
            return i == key.size();
        });
    }

    bool wantsPrefix(std::string_view path) const
    {
        return hints->required.empty() || std::ranges::any_of(hints->required, [&](const std::string& name) { return name.starts_with(path); });
    }
};

/// `| json label="a.b[0]"`: all paths in one walk.
class JsonPathParser final : public ParserStage {
public:
    explicit JsonPathParser(std::vector<std::pair<std::string, std::vector<JsonStep>>> paths)
        : m_paths(std::move(paths))
    {
    }

    bool run(LineState& state) const override
    {
        if (state.line.empty() || nothingWanted(state))
            return true;
        const char c = state.line[0];
        if (!(c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || state.line.starts_with("true") || state.line.starts_with("false") || state.line.starts_with("null"))) {
            fail(state, kJsonError, {});
            return true;
        }
        Walk walk { state, std::vector<bool>(m_paths.size()), m_paths.size() };
        std::vector<std::size_t> all(m_paths.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = i;
        descend(walk, state.line, c == '{' ? JsonType::object : c == '[' ? JsonType::array : JsonType::null, all, 0);
        for (std::size_t i = 0; i < m_paths.size(); ++i) {
            if (!walk.found[i] && !state.get(m_paths[i].first))
                setExpression(state, m_paths[i].first, "");
        }
        return true;
    }

private:
    struct Walk {
        LineState& state;
        std::vector<bool> found;
        std::size_t missing;
    };

    /// False when nothing more has to be looked at.
    bool descend(Walk& walk, std::string_view text, JsonType type, const std::vector<std::size_t>& wanted, std::size_t depth) const
    {
        if (depth > kDeepest)
            return true;
        JsonCursor cursor(text);
        const auto step = [&](auto matches, const JsonValue& value) {
            std::vector<std::size_t> below;
            for (const auto i : wanted) {
                const auto& path = m_paths[i].second;
                if (walk.found[i] || depth >= path.size() || !matches(path[depth]))
                    continue;
                if (depth + 1 < path.size()) {
                    below.push_back(i);
                    continue;
                }
                walk.found[i] = true;
                --walk.missing;
                const auto own = value.type == JsonType::null ? std::string_view()
                    : value.type == JsonType::string          ? jsonLabelValue(value.text, walk.state.arena())
                                                              : value.text;
                setExpression(walk.state, m_paths[i].first, own);
            }
            if (!below.empty() && (value.type == JsonType::object || value.type == JsonType::array) && !descend(walk, value.text, value.type, below, depth + 1))
                return false;
            return walk.missing > 0;
        };
        if (type == JsonType::object) {
            cursor.object(walk.state.arena(), [&](std::string_view key, const JsonValue& value) {
                return step([&](const JsonStep& one) { return !one.index && one.key == key; }, value);
            });
        } else if (type == JsonType::array) {
            cursor.array([&](std::size_t index, const JsonValue& value) {
                return step([&](const JsonStep& one) { return one.index == index; }, value);
            });
        }
        return walk.missing > 0;
    }

    std::vector<std::pair<std::string, std::vector<JsonStep>>> m_paths;
};

}

Result<std::unique_ptr<ParserStage>> compileJson(const JsonStage& stage)
{
    if (stage.extractions.empty())
        return std::make_unique<JsonParser>();
    std::vector<std::pair<std::string, std::vector<JsonStep>>> paths;
    for (const auto& one : stage.extractions) {
        auto steps = parseJsonPath(one.expression);
        if (!steps)
            return std::unexpected(steps.error());
        paths.emplace_back(one.label, std::move(*steps));
    }
    return std::make_unique<JsonPathParser>(std::move(paths));
}

}
