#include "core/logs/text_search.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace belvedere::logs {

namespace {

/// Higher is more common in logs.
int commonness(char c)
{
    static constexpr std::string_view kCommonLetters = "etaoinsrlcdpumhgfbvw";
    if (c == ' ' || c == '"')
        return 100;
    if (c >= '0' && c <= '9')
        return 90;
    if (const auto at = kCommonLetters.find(c); at != std::string_view::npos)
        return 80 - static_cast<int>(at);
    if (std::string_view(":,.-=/_[]{}()").find(c) != std::string_view::npos)
        return 70;
    if (c >= 'A' && c <= 'Z')
        return 30;
    return 10;
}

}

TextFinder::TextFinder(std::string needle)
    : m_needle(std::move(needle))
{
    const auto rarestBut = [&](std::size_t other) {
        std::size_t best = other == 0 && m_needle.size() > 1 ? 1 : 0;
        for (std::size_t i = 0; i < m_needle.size(); ++i) {
            if (i != other && commonness(m_needle[i]) < commonness(m_needle[best]))
                best = i;
        }
        return best;
    };
    m_rare = rarestBut(std::string::npos);
    m_secondRare = rarestBut(m_rare);
}

std::size_t TextFinder::find(std::string_view text, std::size_t from) const
{
    const std::size_t length = m_needle.size();
    if (length == 0 || from > text.size() || text.size() - from < length)
        return length == 0 && from <= text.size() ? from : std::string_view::npos;
#if defined(__SSE2__)
    const char* const base = text.data();
    const std::size_t last = text.size() - length; // the last place where it can start
    const auto first = _mm_set1_epi8(m_needle[m_rare]);
    const auto second = _mm_set1_epi8(m_needle[m_secondRare]);
    const auto agreeing = [&](std::size_t at) {
        const auto a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + at + m_rare));
        const auto b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(base + at + m_secondRare));
        return _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, second));
    };
    const auto verify = [&](std::size_t at, unsigned mask) {
        for (; mask != 0; mask &= mask - 1) {
            const auto candidate = at + static_cast<std::size_t>(std::countr_zero(mask));
            if (std::memcmp(base + candidate, m_needle.data(), length) == 0)
                return candidate;
        }
        return std::string_view::npos;
    };
    std::size_t at = from;
    for (; at + 63 <= last; at += 64) {
        const std::array found { agreeing(at), agreeing(at + 16), agreeing(at + 32), agreeing(at + 48) };
        const auto any = _mm_or_si128(_mm_or_si128(found[0], found[1]), _mm_or_si128(found[2], found[3]));
        if (_mm_movemask_epi8(any) == 0)
            continue;
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (const auto hit = verify(at + 16 * i, static_cast<unsigned>(_mm_movemask_epi8(found[i]))); hit != std::string_view::npos)
                return hit;
        }
    }
    return text.find(m_needle, at);
#else
    return text.find(m_needle, from);
#endif
}

}
