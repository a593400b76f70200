#include "core/logql/text_search.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <re2/re2.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace belvedere::logql {

namespace {

/// How often a byte occurs in logs, roughly; larger is more often.
int frequency(char c)
{
    constexpr std::string_view kOften = " etaoinsrlducm\":,.0123456789hpgfbv-_/=[]";
    const auto at = kOften.find(c);
    if (at != std::string_view::npos)
        return static_cast<int>(kOften.size() - at) + 20;
    if (c >= 'a' && c <= 'z')
        return 15;
    if (c >= 'A' && c <= 'Z')
        return 10;
    return 5;
}

bool isAscii(std::string_view text)
{
    return std::ranges::none_of(text, [](char c) { return static_cast<signed char>(c) < 0; });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}

// --------------------------------------------------------------------------------------------------------- substrings

Substring::Substring(std::string needle)
    : m_needle(std::move(needle))
{
    if (m_needle.size() < 2)
        return;
    std::size_t best = 0;
    std::size_t next = 1;
    if (frequency(m_needle[next]) < frequency(m_needle[best]))
        std::swap(best, next);
    for (std::size_t i = 2; i < m_needle.size(); ++i) {
        if (frequency(m_needle[i]) < frequency(m_needle[best])) {
            next = best;
            best = i;
        } else if (frequency(m_needle[i]) < frequency(m_needle[next])) {
            next = i;
        }
    }
    m_first = std::min(best, next);
    m_second = std::max(best, next);
}

std::size_t Substring::find(std::string_view text, std::size_t from) const noexcept
{
    const auto size = m_needle.size();
    if (from > text.size() || size > text.size() - from)
        return std::string_view::npos;
    if (size == 0)
        return from;
    const char* base = text.data();
    if (size == 1) {
        const auto* hit = static_cast<const char*>(std::memchr(base + from, m_needle[0], text.size() - from));
        return hit ? static_cast<std::size_t>(hit - base) : std::string_view::npos;
    }
    const std::size_t last = text.size() - size; // the last offset where it can begin
    std::size_t i = from;
#if defined(__SSE2__)
    const __m128i one = _mm_set1_epi8(m_needle[m_first]);
    const __m128i two = _mm_set1_epi8(m_needle[m_second]);
    // Both loads must stay inside the text.
    while (i <= last && i + m_second + 16 <= text.size()) {
        const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + i + m_first));
        const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + i + m_second));
        auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, one), _mm_cmpeq_epi8(b, two))));
        while (mask != 0) {
            const auto at = i + static_cast<std::size_t>(std::countr_zero(mask));
            if (at > last)
                return std::string_view::npos;
            if (std::memcmp(base + at, m_needle.data(), size) == 0)
                return at;
            mask &= mask - 1;
        }
        i += 16;
    }
#endif
    for (; i <= last; ++i) {
        if (base[i + m_first] == m_needle[m_first] && base[i + m_second] == m_needle[m_second] && std::memcmp(base + i, m_needle.data(), size) == 0)
            return i;
    }
    return std::string_view::npos;
}

FoldedSubstring::FoldedSubstring(std::string_view needle)
{
    for (const char c : needle) {
        m_needle += lower(c);
        m_foldsToUnicode = m_foldsToUnicode || lower(c) == 'k' || lower(c) == 's';
    }
}

bool FoldedSubstring::in(std::string_view text) const noexcept
{
    const auto size = m_needle.size();
    if (size == 0)
        return true;
    if (size > text.size())
        return false;
    const char* base = text.data();
    const std::size_t last = text.size() - size;
    const auto equalAt = [&](std::size_t at) {
        for (std::size_t i = 0; i < size; ++i) {
            if (lower(base[at + i]) != m_needle[i])
                return false;
        }
        return true;
    };
    std::size_t i = 0;
#if defined(__SSE2__)
    // Setting bit 5 maps letters to lower case; what else it maps together, equalAt() sorts out.
    const auto fold = [](char c) { return static_cast<char>(isLetter(c) ? 0x20 : 0); };
    const __m128i oneFold = _mm_set1_epi8(fold(m_needle.front()));
    const __m128i twoFold = _mm_set1_epi8(fold(m_needle.back()));
    const __m128i one = _mm_set1_epi8(m_needle.front());
    const __m128i two = _mm_set1_epi8(m_needle.back());
    while (i <= last && i + size + 15 <= text.size()) {
        const __m128i a = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(base + i)), oneFold);
        const __m128i b = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(base + i + size - 1)), twoFold);
        auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, one), _mm_cmpeq_epi8(b, two))));
        while (mask != 0) {
            if (equalAt(i + static_cast<std::size_t>(std::countr_zero(mask))))
                return true;
            mask &= mask - 1;
        }
        i += 16;
    }
#endif
    for (; i <= last; ++i) {
        if (equalAt(i))
            return true;
    }
    return false;
}

// ------------------------------------------------------------------------------------------------ regular expressions

namespace {

/// What is known of a piece of an expression without running it.
struct Known {
    /// Exactly these texts match; nothing if that is not known.
    std::optional<std::vector<std::string>> exact;
    /// Every match contains one of each group.
    std::vector<std::vector<std::string>> required;
    /// Literals in this order with `.*` between them, and nothing else; empty if it is not of this form.
    std::vector<std::string> chain;
    bool anyText = false; ///< `.*`
};

constexpr std::size_t kMostAlternatives = 64;

/// Reads enough of RE2's syntax to find literals. Gives up (answers nothing) on what it does not know.
class RegexReader {
public:
    explicit RegexReader(std::string_view pattern)
        : m_rest(pattern)
    {
    }

    bool foldsCase = false;

    std::optional<Known> run()
    {
        if (m_rest.starts_with("(?i)")) {
            foldsCase = true;
            m_rest.remove_prefix(4);
        }
        auto known = alternation(0);
        return m_rest.empty() ? known : std::nullopt;
    }

private:
    std::optional<Known> alternation(int depth)
    {
        if (depth > 50)
            return std::nullopt;
        auto first = concatenation(depth);
        if (!first)
            return first;
        while (m_rest.starts_with('|')) {
            m_rest.remove_prefix(1);
            auto next = concatenation(depth);
            if (!next)
                return next;
            Known both;
            if (first->exact && next->exact && first->exact->size() + next->exact->size() <= kMostAlternatives) {
                both.exact = std::move(first->exact);
                both.exact->insert(both.exact->end(), next->exact->begin(), next->exact->end());
            } else if (const auto *a = best(*first), *b = best(*next); a && b && a->size() + b->size() <= kMostAlternatives) {
                both.required.push_back(*a);
                both.required.back().insert(both.required.back().end(), b->begin(), b->end());
            }
            first = std::move(both);
        }
        return first;
    }

    /// The group that says most: the one whose shortest literal is longest.
    static const std::vector<std::string>* best(const Known& known)
    {
        const auto shortest = [](const std::vector<std::string>& group) {
            std::size_t size = SIZE_MAX;
            for (const auto& literal : group)
                size = std::min(size, literal.size());
            return size;
        };
        if (known.exact)
            return shortest(*known.exact) > 0 ? &*known.exact : nullptr;
        const std::vector<std::string>* found = nullptr;
        for (const auto& group : known.required) {
            if (!found || shortest(group) > shortest(*found))
                found = &group;
        }
        return found;
    }

    std::optional<Known> concatenation(int depth)
    {
        std::vector<Known> parts;
        while (!m_rest.empty() && m_rest.front() != '|' && m_rest.front() != ')') {
            auto one = repeated(depth);
            if (!one)
                return one;
            // Neighbouring exact texts are one.
            if (one->exact && !parts.empty() && parts.back().exact && parts.back().exact->size() * one->exact->size() <= kMostAlternatives) {
                std::vector<std::string> product;
                for (const auto& a : *parts.back().exact) {
                    for (const auto& b : *one->exact)
                        product.push_back(a + b);
                }
                parts.back().exact = std::move(product);
                continue;
            }
            parts.push_back(std::move(*one));
        }
        if (parts.empty())
            return Known { .exact = std::vector<std::string> { "" }, .required = {}, .chain = {}, .anyText = false };
        if (parts.size() == 1)
            return std::move(parts.front());
        Known all;
        bool chain = true;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto& part = parts[i];
            // `.*` at either end of a search changes nothing; between literals it makes a chain.
            if (part.exact && part.exact->size() == 1 && (i == 0 || parts[i - 1].anyText))
                all.chain.push_back(part.exact->front());
            else if (!part.anyText)
                chain = false;
            if (part.exact && std::ranges::none_of(*part.exact, &std::string::empty))
                all.required.push_back(std::move(*part.exact));
            std::ranges::move(part.required, std::back_inserter(all.required));
        }
        if (!chain)
            all.chain.clear();
        return all;
    }

    std::optional<Known> repeated(int depth)
    {
        const bool dot = m_rest.starts_with('.');
        auto one = atom(depth);
        if (!one)
            return one;
        for (bool first = true;; first = false) {
            if (m_rest.empty())
                return one;
            const char c = m_rest.front();
            bool optional = false;
            if (c == '*' || c == '?') {
                optional = true;
                m_rest.remove_prefix(1);
            } else if (c == '+') {
                m_rest.remove_prefix(1);
            } else if (const auto length = countedRepetition(); length > 0) {
                optional = m_rest[1] == '0';
                m_rest.remove_prefix(length);
            } else {
                return one;
            }
            if (m_rest.starts_with('?'))
                m_rest.remove_prefix(1); // lazy
            Known many;
            many.anyText = dot && first && c == '*';
            if (!optional) {
                // At least one, so what one needs is needed.
                if (one->exact && std::ranges::none_of(*one->exact, &std::string::empty))
                    many.required.push_back(std::move(*one->exact));
                std::ranges::move(one->required, std::back_inserter(many.required));
            }
            one = std::move(many);
        }
    }

    /// Length of {n}, {n,} or {n,m} at the front, 0 if it is none: any other brace stands for itself.
    [[nodiscard]] std::size_t countedRepetition() const
    {
        if (!m_rest.starts_with('{'))
            return 0;
        const auto digitsFrom = [&](std::size_t at) { return std::min(m_rest.find_first_not_of("0123456789", at), m_rest.size()); };
        auto end = digitsFrom(1);
        if (end == 1)
            return 0;
        if (end < m_rest.size() && m_rest[end] == ',')
            end = digitsFrom(end + 1);
        return end < m_rest.size() && m_rest[end] == '}' ? end + 1 : 0;
    }

    static Known literal(std::string text) { return Known { .exact = std::vector<std::string> { std::move(text) }, .required = {}, .chain = {}, .anyText = false }; }

    std::optional<Known> atom(int depth)
    {
        const char c = m_rest.front();
        switch (c) {
        case '(': {
            m_rest.remove_prefix(1);
            if (m_rest.starts_with("?:")) {
                m_rest.remove_prefix(2);
            } else if (m_rest.starts_with("?P<") || m_rest.starts_with("?<")) {
                const auto close = m_rest.find('>');
                if (close == std::string_view::npos)
                    return std::nullopt;
                m_rest.remove_prefix(close + 1);
            } else if (m_rest.starts_with('?')) {
                return std::nullopt; // flags
            }
            auto inner = alternation(depth + 1);
            if (!inner || !m_rest.starts_with(')'))
                return std::nullopt;
            m_rest.remove_prefix(1);
            inner->chain.clear();
            return inner;
        }
        case '[': {
            std::size_t i = 1;
            if (i < m_rest.size() && m_rest[i] == '^')
                ++i;
            if (i < m_rest.size() && m_rest[i] == ']')
                ++i;
            while (i < m_rest.size() && m_rest[i] != ']') {
                if (m_rest[i] == '[')
                    return std::nullopt; // [:class:]
                i += m_rest[i] == '\\' ? 2 : 1;
            }
            if (i >= m_rest.size())
                return std::nullopt;
            m_rest.remove_prefix(i + 1);
            return Known {};
        }
        case '.':
        case '^':
        case '$': m_rest.remove_prefix(1); return Known {};
        case '*':
        case '+':
        case '?': return std::nullopt;
        case '\\': {
            if (m_rest.size() < 2)
                return std::nullopt;
            const char escaped = m_rest[1];
            m_rest.remove_prefix(2);
            if (escaped == 'n' || escaped == 't' || escaped == 'r')
                return literal(std::string(1, escaped == 'n' ? '\n' : escaped == 't' ? '\t' : '\r'));
            if (isLetter(escaped)) {
                if (std::string_view("dDwWsSbBAz").contains(escaped))
                    return Known {};
                return std::nullopt; // \x, \p, \Q, ...
            }
            if (escaped >= '0' && escaped <= '9')
                return std::nullopt;
            return literal(std::string(1, escaped));
        }
        default: {
            // A whole character, so that a repetition binds to all of its bytes.
            std::size_t n = 1;
            while (n < m_rest.size() && (static_cast<unsigned char>(m_rest[n]) & 0xC0) == 0x80)
                ++n;
            auto text = std::string(m_rest.substr(0, n));
            m_rest.remove_prefix(n);
            return literal(std::move(text));
        }
        }
    }

    std::string_view m_rest;
};

}

struct SearchRegex::Compiled {
    enum class Plan : std::uint8_t { everything, literals, folded, chain, expression };
    Plan plan = Plan::expression;
    std::vector<Substring> literals; ///< of plan literals (any) and chain (all, in this order)
    std::vector<FoldedSubstring> folded;
    std::vector<std::vector<Substring>> prefilter;
    std::vector<std::vector<std::string>> required;
    std::unique_ptr<const RE2> re;

    bool runs(std::string_view text) const
    {
        return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *re);
    }
};

SearchRegex::SearchRegex(std::unique_ptr<const Compiled> compiled)
    : m_compiled(std::move(compiled))
{
}
SearchRegex::SearchRegex(SearchRegex&&) noexcept = default;
SearchRegex& SearchRegex::operator=(SearchRegex&&) noexcept = default;
SearchRegex::~SearchRegex() = default;

Result<SearchRegex> SearchRegex::compile(std::string_view pattern)
{
    auto compiled = std::make_unique<Compiled>();
    RE2::Options options;
    options.set_log_errors(false);
    compiled->re = std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!compiled->re->ok())
        return failure(ErrorCode::parse, formatted("bad regular expression '{}': {}", pattern, compiled->re->error()));

    RegexReader reader(pattern);
    auto known = reader.run();
    if (!known)
        return SearchRegex(std::move(compiled));
    using Plan = Compiled::Plan;
    if (known->anyText || (known->exact && std::ranges::find(*known->exact, std::string()) != known->exact->end())) {
        compiled->plan = Plan::everything;
    } else if (reader.foldsCase) {
        if (known->exact && std::ranges::all_of(*known->exact, [](const auto& text) { return isAscii(text); })) {
            compiled->plan = Plan::folded;
            for (const auto& text : *known->exact)
                compiled->folded.emplace_back(text);
        }
    } else if (known->exact) {
        compiled->plan = Plan::literals;
        for (const auto& text : *known->exact)
            compiled->literals.emplace_back(text);
        compiled->required.push_back(std::move(*known->exact));
    } else if (!known->chain.empty()) {
        compiled->plan = Plan::chain;
        for (auto& text : known->chain) {
            compiled->literals.emplace_back(text);
            compiled->required.push_back({ std::move(text) });
        }
    } else {
        compiled->required = std::move(known->required);
        for (const auto& group : compiled->required) {
            compiled->prefilter.emplace_back();
            for (const auto& text : group)
                compiled->prefilter.back().emplace_back(text);
        }
    }
    return SearchRegex(std::move(compiled));
}

bool SearchRegex::in(std::string_view text) const
{
    const auto& c = *m_compiled;
    switch (c.plan) {
    case Compiled::Plan::everything: return true;
    case Compiled::Plan::literals:
        return std::ranges::any_of(c.literals, [&](const Substring& literal) { return literal.in(text); });
    case Compiled::Plan::folded: {
        bool unsure = false;
        for (const auto& literal : c.folded) {
            if (literal.in(text))
                return true;
            unsure = unsure || literal.exactForAsciiOnly();
        }
        return unsure && !isAscii(text) && c.runs(text);
    }
    case Compiled::Plan::chain: {
        std::size_t at = 0;
        std::size_t begin = 0;
        for (const auto& literal : c.literals) {
            const auto hit = literal.find(text, at);
            if (hit == std::string_view::npos)
                return false;
            if (&literal == &c.literals.front())
                begin = hit;
            at = hit + literal.needle().size();
        }
        // `.` does not match a newline: only then the expression has to look for another place.
        return !text.substr(begin, at - begin).contains('\n') || c.runs(text);
    }
    case Compiled::Plan::expression:
        for (const auto& group : c.prefilter) {
            if (std::ranges::none_of(group, [&](const Substring& literal) { return literal.in(text); }))
                return false;
        }
        return c.runs(text);
    }
    return false;
}

const std::vector<std::vector<std::string>>& SearchRegex::requiredLiterals() const noexcept { return m_compiled->required; }

// ---------------------------------------------------------------------------------------------------------- addresses

namespace {

using Address = std::array<std::uint8_t, 16>;

/// Both families as 16 bytes; `v4` tells them apart. Zones ("%eth0") are not taken.
std::optional<Address> parseAddress(std::string_view text, bool& v4)
{
    const auto quad = [](std::string_view part, std::uint8_t* out) {
        for (int i = 0; i < 4; ++i) {
            unsigned value = 0;
            std::size_t n = 0;
            for (; n < part.size() && n < 4 && part[n] >= '0' && part[n] <= '9'; ++n)
                value = value * 10 + static_cast<unsigned>(part[n] - '0');
            if (n == 0 || n > 3 || value > 255 || (n > 1 && part[0] == '0'))
                return false;
            out[i] = static_cast<std::uint8_t>(value);
            part.remove_prefix(n);
            if (i < 3) {
                if (!part.starts_with('.'))
                    return false;
                part.remove_prefix(1);
            }
        }
        return part.empty();
    };
    Address address {};
    if (!text.contains(':')) {
        address[10] = address[11] = 0xFF;
        v4 = true;
        return quad(text, address.data() + 12) ? std::optional(address) : std::nullopt;
    }
    v4 = false;
    std::vector<std::uint8_t> bytes;
    std::optional<std::size_t> gap;
    if (text.starts_with("::")) {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        if (bytes.size() >= 16)
            return std::nullopt;
        const auto end = std::min(text.find(':'), text.size());
        const auto part = text.substr(0, end);
        if (part.contains('.')) {
            std::uint8_t last[4];
            if (end != text.size() || bytes.size() > 12 || !quad(part, last))
                return std::nullopt;
            bytes.insert(bytes.end(), last, last + 4);
            text = {};
            break;
        }
        unsigned value = 0;
        if (part.empty() || part.size() > 4)
            return std::nullopt;
        for (const char c : part) {
            const char l = lower(c);
            if (!((l >= '0' && l <= '9') || (l >= 'a' && l <= 'f')))
                return std::nullopt;
            value = value * 16 + static_cast<unsigned>(l <= '9' ? l - '0' : l - 'a' + 10);
        }
        bytes.push_back(static_cast<std::uint8_t>(value >> 8));
        bytes.push_back(static_cast<std::uint8_t>(value));
        text.remove_prefix(end);
        if (text.starts_with("::")) {
            if (gap)
                return std::nullopt;
            gap = bytes.size();
            text.remove_prefix(2);
        } else if (text.starts_with(':')) {
            text.remove_prefix(1);
            if (text.empty())
                return std::nullopt;
        }
    }
    if (gap ? bytes.size() > 14 : bytes.size() != 16)
        return std::nullopt;
    const auto head = gap.value_or(bytes.size());
    std::copy_n(bytes.begin(), head, address.begin());
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(head), bytes.end(), address.end() - static_cast<std::ptrdiff_t>(bytes.size() - head));
    return address;
}

}

Result<IpMatcher> IpMatcher::parse(std::string_view pattern)
{
    const auto bad = [&] {
        return failure(ErrorCode::parse, formatted("ip: '{}' is no address, network or range; write for example 192.168.0.0/16 or 10.0.0.1-10.0.0.9", pattern));
    };
    IpMatcher matcher;
    bool v4 = false;
    if (const auto slash = pattern.find('/'); slash != std::string_view::npos) {
        const auto address = parseAddress(pattern.substr(0, slash), matcher.m_v4);
        const auto bits = pattern.substr(slash + 1);
        if (!address || bits.empty() || bits.size() > 3 || bits.find_first_not_of("0123456789") != std::string_view::npos)
            return bad();
        int length = std::stoi(std::string(bits));
        if (length > (matcher.m_v4 ? 32 : 128))
            return bad();
        length += matcher.m_v4 ? 96 : 0;
        for (int i = 0; i < 16; ++i) {
            const int kept = std::clamp(length - i * 8, 0, 8);
            const auto mask = static_cast<std::uint8_t>(0xFF << (8 - kept));
            matcher.m_low[static_cast<std::size_t>(i)] = (*address)[static_cast<std::size_t>(i)] & mask;
            matcher.m_high[static_cast<std::size_t>(i)] = (*address)[static_cast<std::size_t>(i)] | static_cast<std::uint8_t>(~mask);
        }
        return matcher;
    }
    if (const auto dash = pattern.find('-'); dash != std::string_view::npos) {
        const auto low = parseAddress(trim(pattern.substr(0, dash)), matcher.m_v4);
        const auto high = parseAddress(trim(pattern.substr(dash + 1)), v4);
        if (!low || !high || v4 != matcher.m_v4 || *high < *low)
            return bad();
        matcher.m_low = *low;
        matcher.m_high = *high;
        return matcher;
    }
    const auto address = parseAddress(pattern, matcher.m_v4);
    if (!address)
        return bad();
    matcher.m_low = matcher.m_high = *address;
    return matcher;
}

bool IpMatcher::matches(std::string_view candidate) const
{
    bool v4 = false;
    const auto address = parseAddress(candidate, v4);
    return address && v4 == m_v4 && m_low <= *address && *address <= m_high;
}

bool IpMatcher::in(std::string_view text) const
{
    const auto isPart = [&](char c) {
        return (c >= '0' && c <= '9') || c == '.' || (!m_v4 && (c == ':' || (lower(c) >= 'a' && lower(c) <= 'f')));
    };
    std::size_t i = 0;
    while (i < text.size()) {
        if (!isPart(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && isPart(text[end]))
            ++end;
        const auto candidate = text.substr(i, end - i);
        if (candidate.size() >= (m_v4 ? 7 : 2) && candidate.contains(m_v4 ? '.' : ':') && matches(candidate))
            return true;
        i = end;
    }
    return false;
}

// ------------------------------------------------------------------------------------------------------------ patterns

Result<LinePattern> LinePattern::parse(std::string_view pattern)
{
    LinePattern out;
    std::size_t i = 0;
    while (i < pattern.size()) {
        if (pattern[i] == '<') {
            std::size_t end = i + 1;
            while (end < pattern.size() && (isLetter(pattern[end]) || pattern[end] == '_' || (end > i + 1 && pattern[end] >= '0' && pattern[end] <= '9')))
                ++end;
            if (end > i + 1 && end < pattern.size() && pattern[end] == '>') {
                if (!out.m_parts.empty() && out.m_parts.back().capture)
                    return failure(ErrorCode::parse, formatted("pattern '{}': two captures need a literal between them", pattern));
                auto name = std::string(pattern.substr(i + 1, end - i - 1));
                out.m_parts.push_back({ true, name == "_" ? std::string() : std::move(name) });
                i = end + 1;
                continue;
            }
        }
        if (out.m_parts.empty() || out.m_parts.back().capture)
            out.m_parts.push_back({ false, {} });
        out.m_parts.back().text += pattern[i++];
    }
    return out;
}

Result<LinePattern> LinePattern::parseCaptures(std::string_view pattern)
{
    auto out = parse(pattern);
    if (!out)
        return out;
    std::vector<std::string_view> names;
    for (const auto& part : out->m_parts) {
        if (part.capture && !part.text.empty())
            names.push_back(part.text);
    }
    if (names.empty())
        return failure(ErrorCode::parse, formatted("pattern '{}' needs at least one named capture such as <status>", pattern));
    std::ranges::sort(names);
    if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
        return failure(ErrorCode::parse, formatted("pattern '{}' has the capture <{}> twice", pattern, *twice));
    return out;
}

Result<LinePattern> LinePattern::parseFilter(std::string_view pattern)
{
    auto out = parse(pattern);
    if (!out)
        return out;
    for (const auto& part : out->m_parts) {
        if (part.capture && !part.text.empty())
            return failure(ErrorCode::parse, formatted("pattern '{}': a line filter takes <_> only, not <{}>", pattern, part.text));
    }
    return out;
}

bool LinePattern::matches(std::string_view text) const
{
    if (text.empty() || m_parts.empty())
        return text.empty() && m_parts.empty();
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (m_parts[i].capture)
            continue;
        const auto hit = text.find(m_parts[i].text, at);
        if (hit == std::string_view::npos || (i == 0 && hit != 0))
            return false;
        at = hit + m_parts[i].text.size();
    }
    return m_parts.back().capture == (at != text.size());
}

}
