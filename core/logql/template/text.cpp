#include "core/base/text.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// Functions from text to text. Go counts characters where it says so and bytes elsewhere, and so do these; letters change
// case in Latin, Greek and Cyrillic, which is what logs are written in.

namespace belvedere::logql {

namespace {

using gotemplate::Call;
using gotemplate::Functions;
using gotemplate::Value;

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the character at `at`.
std::size_t characterSize(std::string_view text, std::size_t at)
{
    std::size_t n = 1;
    while (at + n < text.size() && isContinuation(text[at + n]))
        ++n;
    return n;
}

std::string mapped(std::string_view text, bool upper)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            const char c = text[i];
            out += upper ? (c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        } else if ((byte == 0xC3) && i + 1 < text.size()) {
            // Latin-1 letters: the two rows lie 32 apart; × and ÷ are no letters.
            auto second = static_cast<unsigned char>(text[++i]);
            if (upper && second >= 0xA0 && second <= 0xBE && second != 0xB7)
                second = static_cast<unsigned char>(second - 0x20);
            else if (!upper && second >= 0x80 && second <= 0x9E && second != 0x97)
                second = static_cast<unsigned char>(second + 0x20);
            out += text[i - 1];
            out += static_cast<char>(second);
        } else if ((byte == 0xD0 || byte == 0xD1 || byte == 0xCE || byte == 0xCF) && i + 1 < text.size()) {
            std::uint32_t code = ((byte & 0x1FU) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3FU);
            if (upper) {
                if (code >= 0x430 && code <= 0x44F)
                    code -= 0x20;
                else if (code >= 0x450 && code <= 0x45F)
                    code -= 0x50;
                else if (code >= 0x3B1 && code <= 0x3C9 && code != 0x3C2)
                    code -= 0x20;
            } else {
                if (code >= 0x410 && code <= 0x42F)
                    code += 0x20;
                else if (code >= 0x400 && code <= 0x40F)
                    code += 0x50;
                else if (code >= 0x391 && code <= 0x3A9)
                    code += 0x20;
            }
            out += static_cast<char>(0xC0 | (code >> 6));
            out += static_cast<char>(0x80 | (code & 0x3F));
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string titled(std::string_view text)
{
    std::string out;
    bool start = true;
    for (std::size_t i = 0; i < text.size();) {
        const auto n = characterSize(text, i);
        const auto rune = text.substr(i, n);
        out += start ? mapped(rune, true) : std::string(rune);
        const char c = rune[0];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<signed char>(c) < 0;
        start = !letter && c != '\'';
        i += n;
    }
    return out;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::int64_t count)
{
    std::string out;
    std::size_t at = 0;
    if (from.empty()) {
        // Between all characters, as Go does.
        for (; count != 0; --count) {
            out += to;
            if (at >= text.size())
                return out;
            const auto n = characterSize(text, at);
            out += text.substr(at, n);
            at += n;
        }
        return out += text.substr(at);
    }
    for (; count != 0; --count) {
        const auto hit = text.find(from, at);
        if (hit == std::string_view::npos)
            break;
        out += text.substr(at, hit - at);
        out += to;
        at = hit + from.size();
    }
    return out += text.substr(at);
}

bool inSet(std::string_view set, std::string_view rune) { return set.find(rune) != std::string_view::npos; }

std::string_view trimSet(std::string_view text, std::string_view set, bool left, bool right)
{
    while (left && !text.empty()) {
        const auto n = characterSize(text, 0);
        if (!inSet(set, text.substr(0, n)))
            break;
        text.remove_prefix(n);
    }
    while (right && !text.empty()) {
        std::size_t begin = text.size() - 1;
        while (begin > 0 && isContinuation(text[begin]))
            --begin;
        if (!inSet(set, text.substr(begin)))
            break;
        text.remove_suffix(text.size() - begin);
    }
    return text;
}

std::string_view withoutPrefix(std::string_view text, std::string_view prefix) { return text.starts_with(prefix) ? text.substr(prefix.size()) : text; }
std::string_view withoutSuffix(std::string_view text, std::string_view suffix) { return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text; }

std::string indented(std::int64_t count, std::string_view text)
{
    const std::string pad(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, 10'000)), ' ');
    return pad + replaced(text, "\n", "\n" + pad, -1);
}

std::string aligned(std::int64_t count, std::string_view text, bool left)
{
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isContinuation(text[i]))
            starts.push_back(i);
    }
    const auto length = static_cast<std::int64_t>(starts.size());
    if (count < 0 || count == length || count > 1'000'000)
        return std::string(text);
    if (count > length) {
        const std::string pad(static_cast<std::size_t>(count - length), ' ');
        return left ? std::string(text) + pad : pad + std::string(text);
    }
    if (left)
        return std::string(text.substr(0, starts[static_cast<std::size_t>(count)]));
    return count == 0 ? std::string() : std::string(text.substr(starts[static_cast<std::size_t>(length - count)]));
}

Answer repeated(std::int64_t count, std::string_view text)
{
    constexpr std::int64_t kMostBytes = 1'000'000;
    if (count < 0 || count > kMostBytes / static_cast<std::int64_t>(std::max<std::size_t>(1, text.size())))
        return templateFailure("strings: negative or too large Repeat count");
    std::string out;
    for (std::int64_t i = 0; i < count; ++i)
        out += text;
    return Value(std::move(out));
}

Answer substring(const Call& call)
{
    if (auto ok = call.expect(3); !ok)
        return std::unexpected(ok.error());
    const auto from = call.integerAt(0), to = call.integerAt(1);
    const auto text = call.stringAt(2);
    if (!from || !to)
        return std::unexpected((!from ? from : to).error());
    if (!text)
        return std::unexpected(text.error());
    const auto size = static_cast<std::int64_t>(text->size());
    const auto begin = std::clamp<std::int64_t>(*from, 0, size);
    const auto end = *to < 0 || *to > size ? size : *to;
    return Value(text->substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(std::max<std::int64_t>(0, end - begin))));
}

/// Replace: text, from, to and how often.
Answer replacedTimes(const Call& call)
{
    if (auto ok = call.expect(4); !ok)
        return std::unexpected(ok.error());
    const auto text = call.stringAt(0), from = call.stringAt(1), to = call.stringAt(2);
    const auto count = call.integerAt(3);
    if (!text || !from || !to)
        return std::unexpected((!text ? text : !from ? from : to).error());
    if (!count)
        return std::unexpected(count.error());
    return Value(replaced(*text, *from, *to, *count));
}

}

void addTextFunctions(Functions& out)
{
    // The capital ones take the text first, the others last.
    for (const char* name : { "ToLower", "lower" })
        out[name] = ofStrings<1>([](std::string_view text) -> Answer { return Value(mapped(text, false)); });
    for (const char* name : { "ToUpper", "upper" })
        out[name] = ofStrings<1>([](std::string_view text) -> Answer { return Value(mapped(text, true)); });
    out["title"] = ofStrings<1>([](std::string_view text) -> Answer { return Value(titled(text)); });
    out["Replace"] = replacedTimes;
    out["replace"] = ofStrings<3>([](std::string_view from, std::string_view to, std::string_view text) -> Answer { return Value(replaced(text, from, to, -1)); });
    out["Trim"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Answer { return Value(trimSet(text, set, true, true)); });
    out["TrimLeft"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Answer { return Value(trimSet(text, set, true, false)); });
    out["TrimRight"] = ofStrings<2>([](std::string_view text, std::string_view set) -> Answer { return Value(trimSet(text, set, false, true)); });
    out["TrimPrefix"] = ofStrings<2>([](std::string_view text, std::string_view prefix) -> Answer { return Value(withoutPrefix(text, prefix)); });
    out["TrimSuffix"] = ofStrings<2>([](std::string_view text, std::string_view suffix) -> Answer { return Value(withoutSuffix(text, suffix)); });
    for (const char* name : { "TrimSpace", "trim" })
        out[name] = ofStrings<1>([](std::string_view text) -> Answer { return Value(trim(text)); });
    out["trimAll"] = ofStrings<2>([](std::string_view set, std::string_view text) -> Answer { return Value(trimSet(text, set, true, true)); });
    out["trimPrefix"] = ofStrings<2>([](std::string_view prefix, std::string_view text) -> Answer { return Value(withoutPrefix(text, prefix)); });
    out["trimSuffix"] = ofStrings<2>([](std::string_view suffix, std::string_view text) -> Answer { return Value(withoutSuffix(text, suffix)); });
    out["contains"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Answer { return Value(text.contains(part)); });
    out["hasPrefix"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Answer { return Value(text.starts_with(part)); });
    out["hasSuffix"] = ofStrings<2>([](std::string_view part, std::string_view text) -> Answer { return Value(text.ends_with(part)); });
    out["indent"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Answer { return Value(indented(count, text)); });
    out["nindent"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Answer { return Value("\n" + indented(count, text)); });
    out["repeat"] = ofCountAndString(repeated);
    out["trunc"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Answer {
        const auto size = static_cast<std::int64_t>(text.size());
        if (count < 0)
            return Value(size + count > 0 ? text.substr(static_cast<std::size_t>(size + count)) : text);
        return Value(text.substr(0, static_cast<std::size_t>(count)));
    });
    out["substr"] = substring;
    out["alignLeft"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Answer { return Value(aligned(count, text, true)); });
    out["alignRight"] = ofCountAndString([](std::int64_t count, std::string_view text) -> Answer { return Value(aligned(count, text, false)); });
    out["default"] = [](const Call& call) -> Answer {
        if (call.arguments.empty())
            return templateFailure("wrong number of args for default: want at least 1 got 0");
        return call.arguments.size() > 1 && call.arguments[1].truth() ? call.arguments[1] : call.arguments[0];
    };
}

}
