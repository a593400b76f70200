#include "core/logql/parsers.h"

#include "core/base/text.h"
#include "core/logql/json_path.h"
#include "core/logql/text_search.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <format>
#include <map>

#include <re2/re2.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace belvedere::logql {

namespace {

constexpr std::string_view kJsonError = "JSONParserErr";
constexpr std::string_view kLogfmtError = "LogfmtParserErr";
constexpr std::string_view kPackedEntry = "_entry";
constexpr int kDeepest = 200;

bool isNameByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Makes a label name of a key: other characters become `_`, also in front of a digit that begins the name. A view of the
/// key itself if nothing has to change.
std::string_view sanitized(std::string_view key, Arena& arena)
{
    if (!key.empty() && !(key[0] >= '0' && key[0] <= '9') && std::ranges::all_of(key, isNameByte))
        return key;
    key = trim(key);
    if (key.empty())
        return key;
    char* out = arena.allocate(key.size() + 1);
    std::size_t n = 0;
    if (key[0] >= '0' && key[0] <= '9')
        out[n++] = '_';
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (isNameByte(key[i])) {
            out[n++] = key[i];
            continue;
        }
        out[n++] = '_';
        while (i + 1 < key.size() && (static_cast<unsigned char>(key[i]) & 0x80) != 0 && (static_cast<unsigned char>(key[i + 1]) & 0xC0) == 0x80)
            ++i; // one underscore for a whole character
    }
    return { out, n };
}

/// Replaces what is no UTF-8, and U+FFFD, by spaces.
std::string_view withoutReplacement(std::string_view text, Arena& arena)
{
    if (std::ranges::none_of(text, [](char c) { return static_cast<signed char>(c) < 0; }))
        return text;
    if (isValidUtf8(text) && !text.contains("\xEF\xBF\xBD"))
        return text;
    auto valid = toValidUtf8(text);
    for (std::size_t at = 0; (at = valid.find("\xEF\xBF\xBD", at)) != std::string::npos; ++at)
        valid.replace(at, 3, " ");
    return arena.store(valid);
}

std::size_t encodeUtf8(char* out, std::uint32_t code)
{
    if (code < 0x80) {
        out[0] = static_cast<char>(code);
        return 1;
    }
    if (code < 0x800) {
        out[0] = static_cast<char>(0xC0 | (code >> 6));
        out[1] = static_cast<char>(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = static_cast<char>(0xE0 | (code >> 12));
        out[1] = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out[2] = static_cast<char>(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = static_cast<char>(0xF0 | (code >> 18));
    out[1] = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out[2] = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out[3] = static_cast<char>(0x80 | (code & 0x3F));
    return 4;
}

/// Resolves JSON's escapes (also used for quoted logfmt values, whose escapes are JSON's and `\'`). The text itself if it
/// has none; false if one is broken.
bool unescaped(std::string_view& text, Arena& arena)
{
    const auto first = text.find('\\');
    if (first == std::string_view::npos)
        return true;
    char* out = arena.allocate(text.size());
    std::memcpy(out, text.data(), first);
    std::size_t n = first;
    const auto unit = [&](std::size_t at, std::uint32_t& code) {
        return at + 4 <= text.size() && std::from_chars(text.data() + at, text.data() + at + 4, code, 16).ptr == text.data() + at + 4;
    };
    for (std::size_t i = first; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out[n++] = text[i];
            continue;
        }
        if (++i >= text.size())
            return false;
        switch (text[i]) {
        case '"':
        case '\\':
        case '/':
        case '\'': out[n++] = text[i]; break;
        case 'b': out[n++] = '\b'; break;
        case 'f': out[n++] = '\f'; break;
        case 'n': out[n++] = '\n'; break;
        case 'r': out[n++] = '\r'; break;
        case 't': out[n++] = '\t'; break;
        case 'u': {
            std::uint32_t code = 0;
            if (!unit(i + 1, code))
                return false;
            i += 4;
            if (code >= 0xD800 && code < 0xDC00) {
                std::uint32_t low = 0;
                if (i + 2 >= text.size() || text[i + 1] != '\\' || text[i + 2] != 'u' || !unit(i + 3, low) || low < 0xDC00 || low > 0xDFFF)
                    return false;
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                i += 6;
            } else if (code >= 0xDC00 && code < 0xE000) {
                return false;
            }
            n += encodeUtf8(out + n, code);
            break;
        }
        default: return false;
        }
    }
    text = { out, n };
    return true;
}

/// A string's inside as a label value: escapes resolved, "" if they are broken.
std::string_view stringValue(std::string_view raw, Arena& arena)
{
    if (!unescaped(raw, arena))
        return {};
    return withoutReplacement(raw, arena);
}

// ---------------------------------------------------------------------------------------------------------------- JSON

/// Offset of the first `a` or `b` at or after `from`; the text's size if there is none.
inline std::size_t findEither(std::string_view text, std::size_t from, char a, char b)
{
#if defined(__SSE2__)
    const __m128i x = _mm_set1_epi8(a);
    const __m128i y = _mm_set1_epi8(b);
    for (; from + 16 <= text.size(); from += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, x), _mm_cmpeq_epi8(block, y))));
        if (mask != 0)
            return from + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (from < text.size() && text[from] != a && text[from] != b)
        ++from;
    return from;
}

enum class JsonType : std::uint8_t { string, number, boolean, null, array, object };

/// Walks JSON text without checking more of it than it has to. What it takes for broken, and when it finds out, is what
/// Loki's parser takes for broken.
class JsonCursor {
public:
    explicit JsonCursor(std::string_view text)
        : m_text(text)
    {
    }

    struct Value {
        JsonType type = JsonType::null;
        std::string_view text; ///< of a string: between the quotes
    };

    /// Calls `member(key, value)` for each member of the object at the front, until it answers false. False, with
    /// error() set, if the text is broken; what stands before the fault has been handed over. keyIsAscii() tells of the
    /// last key.
    template <class Member>
    bool object(Arena& arena, Member&& member)
    {
        m_error = {};
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != '{')
            return fail("Value looks like object, but can't find closing '}' symbol");
        ++m_at;
        skipBlanks();
        if (m_at >= m_text.size())
            return fail("Malformed JSON error");
        while (m_at < m_text.size()) {
            if (m_text[m_at] == '}') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '"')
                return fail("Value looks like object, but can't find closing '}' symbol");
            std::string_view key;
            bool escaped = false;
            if (!string(key, escaped))
                return fail("Malformed JSON error");
            if (escaped && !unescaped(key, arena))
                return fail("Encountered an invalid escape sequence in a string");
            skipBlanks();
            if (m_at >= m_text.size() || m_text[m_at] != ':')
                return fail("Malformed JSON error");
            ++m_at;
            Value found;
            if (!value(found))
                return false;
            if (!member(key, found))
                return true;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail("Value is array, but can't find closing ']' symbol");
            if (m_text[m_at] == '}')
                return true;
            if (m_text[m_at] != ',')
                return fail("Value looks like object, but can't find closing '}' symbol");
            ++m_at;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail("Value is array, but can't find closing ']' symbol");
        }
        return fail("Value looks like object, but can't find closing '}' symbol");
    }

    /// Calls `element(index, value)` for each element of the array at the front until it answers false.
    template <class Element>
    bool array(Element&& element)
    {
        m_error = {};
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != '[')
            return fail("Malformed JSON error");
        ++m_at;
        skipBlanks();
        if (m_at < m_text.size() && m_text[m_at] == ']')
            return true;
        for (std::size_t i = 0;; ++i) {
            Value found;
            if (!value(found))
                return false;
            if (!element(i, found))
                return true;
            skipBlanks();
            if (m_at >= m_text.size())
                return fail("Value is array, but can't find closing ']' symbol");
            if (m_text[m_at] == ']')
                return true;
            if (m_text[m_at] != ',')
                return fail("Value is array, but can't find closing ']' symbol");
            ++m_at;
        }
    }

    [[nodiscard]] std::string_view error() const { return m_error; }
    [[nodiscard]] bool keyIsAscii() const { return m_ascii; }

    static bool endsToken(char c)
    {
        return (static_cast<unsigned char>(c) <= ',' && (c == ',' || isBlank(c))) || c == '}' || c == ']';
    }
    /// Length of the array or object at the front of `text`; 0 if it is not closed.
    static std::size_t blockSize(std::string_view text)
    {
        const JsonCursor cursor(text);
        const auto end = text.front() == '{' ? cursor.blockEnd('{', '}') : cursor.blockEnd('[', ']');
        return end == std::string_view::npos ? 0 : end;
    }

private:
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

    /// The string at the cursor, which stands on its opening quote. Keys and most values end within the first block.
    bool string(std::string_view& out, bool& escaped)
    {
        const auto begin = m_at + 1;
        auto at = begin;
        m_ascii = false;
#if defined(__SSE2__)
        if (begin + 16 <= m_text.size()) {
            const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(m_text.data() + begin));
            const auto quotes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('"'))));
            const auto slashes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));
            const auto below = (quotes & (0U - quotes)) - 1; // the bits in front of the first quote
            if ((slashes & below) == 0) {
                if (quotes != 0) {
                    m_ascii = (static_cast<unsigned>(_mm_movemask_epi8(block)) & below) == 0;
                    const auto length = static_cast<std::size_t>(std::countr_zero(quotes));
                    out = m_text.substr(begin, length);
                    m_at = begin + length + 1;
                    return true;
                }
                at += 16;
            }
        }
#endif
        for (;;) {
            at = findEither(m_text, at, '"', '\\');
            if (at >= m_text.size())
                return false;
            if (m_text[at] == '"')
                break;
            escaped = true;
            at += 2;
        }
        out = m_text.substr(begin, at - begin);
        m_at = at + 1;
        return true;
    }

    std::size_t blockEnd(char open, char close) const
    {
        int depth = 0;
        for (auto at = m_at; at < m_text.size(); ++at) {
            const char c = m_text[at];
            if (c == '"') {
                ++at;
                for (;;) {
                    at = findEither(m_text, at, '"', '\\');
                    if (at >= m_text.size())
                        return std::string_view::npos;
                    if (m_text[at] == '"')
                        break;
                    at += 2;
                }
            } else if (c == open) {
                ++depth;
            } else if (c == close && --depth == 0) {
                return at + 1;
            }
        }
        return std::string_view::npos;
    }

    bool value(Value& out)
    {
        skipBlanks();
        if (m_at >= m_text.size())
            return fail("Malformed JSON error");
        const char c = m_text[m_at];
        if (c == '"') {
            bool escaped = false;
            out.type = JsonType::string;
            return string(out.text, escaped) || fail("Value is string, but can't find closing '\"' symbol");
        }
        if (c == '{' || c == '[') {
            const auto end = c == '{' ? blockEnd('{', '}') : blockEnd('[', ']');
            if (end == std::string_view::npos)
                return fail(c == '{' ? "Value looks like object, but can't find closing '}' symbol" : "Value is array, but can't find closing ']' symbol");
            out.type = c == '{' ? JsonType::object : JsonType::array;
            out.text = m_text.substr(m_at, end - m_at);
            m_at = end;
            return true;
        }
        auto end = m_at;
        while (end < m_text.size() && !endsToken(m_text[end]))
            ++end;
        out.text = m_text.substr(m_at, end - m_at);
        if ((c >= '0' && c <= '9') || c == '-')
            out.type = JsonType::number;
        else if (out.text == "true" || out.text == "false")
            out.type = JsonType::boolean;
        else if (out.text == "null")
            out.type = JsonType::null;
        else
            return fail("Unknown value type");
        m_at = end;
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string_view m_error;
    bool m_ascii = false;
};

/// Where a JSON string ends: the closing quote, a backslash in front of it, or `end`. Notes bytes beyond ASCII.
inline const char* stringStop(const char* at, const char* end, bool& ascii)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const auto stops = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash))));
        const auto signs = static_cast<unsigned>(_mm_movemask_epi8(block));
        if (stops != 0) {
            const auto below = (stops & (0U - stops)) - 1;
            ascii = ascii && (signs & below) == 0;
            return at + std::countr_zero(stops);
        }
        ascii = ascii && signs == 0;
    }
#endif
    for (; at < end && *at != '"' && *at != '\\'; ++at)
        ascii = ascii && static_cast<signed char>(*at) >= 0;
    return at;
}

class JsonParser final : public ParserStage {
public:
    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        if (!hints->required.empty() && !hints->wantsExtracted) {
            const auto outcome = runFast(state);
            if (outcome != Outcome::unsure)
                return outcome == Outcome::kept;
            // The careful way sees what has been set already and goes on from there.
        }
        Walk walk { *this, state, {}, true, false };
        JsonCursor cursor(state.line);
        if (!object(cursor, walk, 0))
            fail(state, kJsonError, walk.error);
        return walk.keep;
    }

private:
    enum class Outcome : std::uint8_t { kept, dropped, unsure };

    /// For lines as they usually are when only a few top-level labels are wanted. Unsure about everything else.
    Outcome runFast(LineState& state) const
    {
        const char* at = state.line.data();
        const char* const end = at + state.line.size();
        const auto blank = [&] {
            while (at < end && *at == ' ')
                ++at;
        };
        if (at == end || *at != '{')
            return Outcome::unsure;
        ++at;
        for (;;) {
            blank();
            if (at == end || *at != '"')
                return Outcome::unsure;
            bool ascii = true;
            const char* const keyBegin = ++at;
            at = stringStop(at, end, ascii);
            const std::string_view key(keyBegin, static_cast<std::size_t>(at - keyBegin));
            if (end - at < 2 || *at != '"' || at[1] != ':' || !ascii || key.empty() || key.front() <= ' ' || key.back() <= ' ' || (key.front() >= '0' && key.front() <= '9'))
                return Outcome::unsure;
            at += 2;
            blank();
            if (at == end)
                return Outcome::unsure;
            std::size_t wanted = hints->required.size();
            if ((hints->requiredLengths >> std::min<std::size_t>(key.size(), 63) & 1) != 0) {
                for (wanted = 0; wanted < hints->required.size(); ++wanted) {
                    const auto& name = hints->required[wanted];
                    if (name.size() != key.size())
                        continue;
                    if (name == key)
                        break;
                    if (name.contains('_') && !std::ranges::all_of(key, isNameByte))
                        return Outcome::unsure; // its name has to be made first
                }
            }
            std::string_view value;
            const char c = *at;
            bool isValue = true;
            if (c == '"') {
                const char* const begin = ++at;
                bool escapes = false;
                for (;;) {
                    at = stringStop(at, end, ascii);
                    if (end - at < 2)
                        return Outcome::unsure;
                    if (*at == '"')
                        break;
                    escapes = true;
                    at += 2;
                }
                value = { begin, static_cast<std::size_t>(at - begin) };
                ++at;
                if (wanted < hints->required.size() && (escapes || !ascii))
                    value = stringValue(value, state.arena());
            } else if ((c >= '0' && c <= '9') || c == '-') {
                const char* const begin = at;
                while (at < end && !JsonCursor::endsToken(*at))
                    ++at;
                value = { begin, static_cast<std::size_t>(at - begin) };
            } else if (c == '[' || c == '{') {
                const auto mayContinue = [&](const std::string& name) { return name.starts_with(key); };
                if (c == '{' && (std::ranges::any_of(hints->required, mayContinue) || !std::ranges::all_of(key, isNameByte)))
                    return Outcome::unsure;
                const auto size = JsonCursor::blockSize({ at, static_cast<std::size_t>(end - at) });
                if (size == 0)
                    return Outcome::unsure;
                at += size;
                isValue = false;
            } else if (end - at > 5 && std::string_view(at, 4) == "null") {
                at += 4;
                isValue = false;
            } else if (end - at > 5 && (std::string_view(at, 4) == "true" || std::string_view(at, 5) == "false")) {
                value = { at, c == 't' ? 4U : 5U };
                at += value.size();
            } else {
                return Outcome::unsure;
            }
            if (isValue && wanted < hints->required.size() && (state.extracted >> wanted & 1) == 0) {
                if (!setWanted(state, wanted, value))
                    return Outcome::dropped;
                if (hints->satisfied(state))
                    return Outcome::kept;
            }
            blank();
            if (at == end)
                return Outcome::unsure;
            if (*at == '}')
                return Outcome::kept;
            if (*at != ',')
                return Outcome::unsure;
            ++at;
        }
    }

    struct Walk {
        const JsonParser& parser;
        LineState& state;
        std::string_view error;
        bool keep;
        bool done;
    };

    /// `prefix` is "" or the sanitised path with a trailing underscore.
    bool object(JsonCursor& cursor, Walk& walk, int depth, std::string_view prefix = {}) const
    {
        auto& state = walk.state;
        bool innerOk = true;
        const bool ok = cursor.object(state.arena(), [&](std::string_view key, const JsonCursor::Value& value) {
            switch (value.type) {
            case JsonType::null:
            case JsonType::array: break;
            case JsonType::object: {
                auto path = sanitized(key, state.arena());
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

    void member(Walk& walk, std::string_view prefix, std::string_view key, const JsonCursor::Value& value) const
    {
        auto& state = walk.state;
        auto name = sanitized(key, state.arena());
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
        const auto text = value.type == JsonType::string ? stringValue(value.text, state.arena()) : value.text;
        walk.keep = setFinal(state, name, text);
        walk.done = !walk.keep || hints->satisfied(state);
    }

    /// Cheap, and never false for an ASCII key that is wanted: most are told apart by length before a name is made of them.
    bool mayWant(std::string_view key) const
    {
        if (hints->required.empty() || hints->wantsExtracted || key.empty())
            return true;
        // A digit in front gets an underscore, blanks around it are cut off.
        if (key.front() <= ' ' || key.back() <= ' ' || (key.front() >= '0' && key.front() <= '9'))
            return true;
        if ((hints->requiredLengths >> std::min<std::size_t>(key.size(), 63) & 1) == 0)
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
        if (depth > static_cast<std::size_t>(kDeepest))
            return true;
        JsonCursor cursor(text);
        const auto step = [&](auto matches, const JsonCursor::Value& value) {
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
                    : value.type == JsonType::string          ? stringValue(value.text, walk.state.arena())
                                                              : value.text;
                setExpression(walk.state, m_paths[i].first, own);
            }
            if (!below.empty() && (value.type == JsonType::object || value.type == JsonType::array) && !descend(walk, value.text, value.type, below, depth + 1))
                return false;
            return walk.missing > 0;
        };
        if (type == JsonType::object) {
            cursor.object(walk.state.arena(), [&](std::string_view key, const JsonCursor::Value& value) {
                return step([&](const JsonStep& one) { return !one.index && one.key == key; }, value);
            });
        } else if (type == JsonType::array) {
            cursor.array([&](std::size_t index, const JsonCursor::Value& value) {
                return step([&](const JsonStep& one) { return one.index == index; }, value);
            });
        }
        return walk.missing > 0;
    }

    std::vector<std::pair<std::string, std::vector<JsonStep>>> m_paths;
};

class UnpackParser final : public ParserStage {
public:
    bool run(LineState& state) const override
    {
        if (state.line.empty() || nothingWanted(state))
            return true;
        if (state.line[0] != '{') {
            fail(state, kJsonError, "expecting json object(6), but it is not");
            return true;
        }
        auto& arena = state.arena();
        std::vector<LineState::Cell> labels;
        std::optional<std::string_view> packed;
        JsonCursor cursor(state.line);
        std::string_view error;
        const bool ok = cursor.object(arena, [&](std::string_view key, const JsonCursor::Value& value) {
            if (value.type != JsonType::string)
                return true;
            if (key == kPackedEntry) {
                auto text = value.text;
                if (!unescaped(text, arena)) {
                    error = "Encountered an invalid escape sequence in a string";
                    return false;
                }
                packed = text;
                return true;
            }
            auto name = arena.store(key);
            if (state.isTaken(name))
                name = arena.join(name, kDuplicateSuffix);
            if (hints->wants(name) && !state.hasParsed(name))
                labels.push_back({ name, stringValue(value.text, arena) });
            return true;
        });
        if (!ok || !error.empty()) {
            fail(state, kJsonError, ok ? error : cursor.error());
            return true;
        }
        if (!packed)
            return true;
        for (const auto& cell : labels) {
            if (!setFinal(state, cell.name, cell.value))
                return false;
        }
        state.line = *packed;
        return true;
    }
};

// -------------------------------------------------------------------------------------------------------------- logfmt

/// Reads `key=value key="quoted value" key`. A fault skips to the next blank and is remembered.
class LogfmtCursor {
public:
    explicit LogfmtCursor(std::string_view line)
        : m_line(line)
    {
    }

    std::string_view key;
    std::string_view value;

    [[nodiscard]] bool atEnd() const { return m_at >= m_line.size(); }
    [[nodiscard]] const std::string& error() const { return m_error; }

    /// False at the end and at a fault.
    bool next(Arena& arena)
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

private:
    static bool isBlankByte(char c) { return static_cast<unsigned char>(c) <= ' '; }

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
        value = withoutReplacement(m_line.substr(start, m_at - start), arena);
        return true;
    }

    bool readQuoted(Arena& arena)
    {
        const auto start = m_at + 1;
        bool escapes = false;
        auto at = start;
        for (;;) {
            at = findEither(m_line, at, '"', '\\');
            if (at >= m_line.size()) {
                m_at = m_line.size();
                return fault("unterminated quoted value");
            }
            if (m_line[at] == '"')
                break;
            escapes = true;
            at += 2;
        }
        auto text = m_line.substr(start, at - start);
        m_at = at + 1;
        if (escapes && !unescaped(text, arena))
            return fault("invalid quoted value");
        value = withoutReplacement(text, arena);
        return true;
    }

    bool unexpected(char c) { return fault(std::format("unexpected '{}'", c)); }

    bool fault(const std::string& what)
    {
        if (m_error.empty())
            m_error = std::format("logfmt syntax error at pos {} : {}", m_at + 1, what);
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
        while (!cursor.atEnd()) {
            if (!cursor.next(state.arena())) {
                if (m_strict)
                    break;
                continue;
            }
            if (cursor.value.empty() && !m_keepEmpty)
                continue;
            const auto name = sanitized(cursor.key, state.arena());
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
        while (!cursor.atEnd()) {
            if (!cursor.next(state.arena())) {
                if (m_strict)
                    break;
                continue;
            }
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

// ---------------------------------------------------------------------------------------------------- regexp and pattern

class RegexpParser final : public ParserStage {
public:
    RegexpParser(std::unique_ptr<const RE2> re, std::vector<std::pair<int, std::string>> groups)
        : m_re(std::move(re))
        , m_groups(std::move(groups))
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        constexpr int kMost = 32;
        re2::StringPiece found[kMost];
        const int wanted = std::min(kMost, m_groups.back().first + 1);
        if (!m_re->Match(re2::StringPiece(state.line.data(), state.line.size()), 0, state.line.size(), RE2::UNANCHORED, found, wanted))
            return true;
        for (const auto& [index, name] : m_groups) {
            if (index < wanted && !set(state, name, { found[index].data(), found[index].size() }))
                return false;
        }
        return true;
    }

private:
    std::unique_ptr<const RE2> m_re;
    std::vector<std::pair<int, std::string>> m_groups;
};

class PatternParser final : public ParserStage {
public:
    explicit PatternParser(LinePattern pattern)
        : m_pattern(std::move(pattern))
    {
    }

    bool run(LineState& state) const override
    {
        if (nothingWanted(state))
            return true;
        bool keep = true;
        m_pattern.capture(state.line, [&](std::string_view name, std::string_view value) { keep = keep && set(state, name, value); });
        return keep;
    }

private:
    LinePattern m_pattern;
};

}

// ---------------------------------------------------------------------------------------------------------------- shared

void recordExtracted(const Hints& hints, LineState& state, std::string_view name)
{
    for (std::size_t i = 0; i < hints.required.size(); ++i) {
        if (hints.required[i] == name)
            state.extracted |= 1ULL << i;
    }
}

bool ParserStage::set(LineState& state, std::string_view name, std::string_view value) const
{
    if (state.isTaken(name))
        name = state.arena().join(name, kDuplicateSuffix);
    if (!hints->wants(name) || state.hasParsed(name))
        return true;
    return setFinal(state, name, value);
}

void ParserStage::setExpression(LineState& state, std::string_view name, std::string_view value) const
{
    if (state.isTaken(name))
        name = state.arena().join(name, kDuplicateSuffix);
    state.setParsed(name, value);
    recordExtracted(*hints, state, name);
}

bool ParserStage::setWanted(LineState& state, std::size_t required, std::string_view value) const
{
    const std::string_view name = hints->required[required];
    if (state.isTaken(name))
        return true; // becomes name_extracted, which is not wanted
    state.setParsed(name, value);
    state.extracted |= 1ULL << required;
    return testEarly(state, name);
}

bool ParserStage::testEarly(LineState& state, std::string_view name) const
{
    for (const auto& early : earlyFilters) {
        if (early.name != name)
            continue;
        if (!early.filter->run(state))
            return false;
        state.testedFilters |= early.bit;
    }
    return true;
}

bool ParserStage::setFinal(LineState& state, std::string_view name, std::string_view value) const
{
    state.setParsed(name, value);
    recordExtracted(*hints, state, name);
    return testEarly(state, name);
}

void ParserStage::fail(LineState& state, std::string_view error, std::string_view details) const
{
    state.setError(error, details);
    state.preserveError = hints->preserveError;
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

Result<std::unique_ptr<ParserStage>> compileLogfmt(const LogfmtStage& stage)
{
    if (stage.extractions.empty())
        return std::make_unique<LogfmtParser>(stage);
    for (const auto& one : stage.extractions) {
        if (one.expression.empty() || one.expression.find_first_of(" =\"") != std::string::npos)
            return failure(ErrorCode::parse, std::format("'{}' is no logfmt key", one.expression));
    }
    return std::make_unique<LogfmtPathParser>(stage);
}

Result<std::unique_ptr<ParserStage>> compileRegexp(const RegexpStage& stage)
{
    RE2::Options options;
    options.set_log_errors(false);
    auto re = std::make_unique<const RE2>(re2::StringPiece(stage.pattern.data(), stage.pattern.size()), options);
    if (!re->ok())
        return failure(ErrorCode::parse, std::format("bad regular expression '{}': {}", stage.pattern, re->error()));
    std::vector<std::pair<int, std::string>> groups;
    for (const auto& [index, name] : re->CapturingGroupNames()) {
        if (!model::isPlainLabelName(name))
            return failure(ErrorCode::parse, std::format("the group '{}' is no label name", name));
        groups.emplace_back(index, name);
    }
    if (groups.empty())
        return failure(ErrorCode::parse, "the expression needs at least one named group such as (?P<status>\\d+)");
    return std::make_unique<RegexpParser>(std::move(re), std::move(groups));
}

Result<std::unique_ptr<ParserStage>> compilePattern(const PatternStage& stage)
{
    auto pattern = LinePattern::parseCaptures(stage.pattern);
    if (!pattern)
        return std::unexpected(pattern.error());
    return std::make_unique<PatternParser>(std::move(*pattern));
}

std::unique_ptr<ParserStage> compileUnpack() { return std::make_unique<UnpackParser>(); }

}
