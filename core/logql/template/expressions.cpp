#include "core/base/format.h"
#include "core/logql/each_match.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

#include <cctype>
#include <charconv>
#include <memory>
#include <string>
#include <unordered_map>

// Functions that take a regular expression. It comes with each call, for a template may compute it, but in practice the same
// few come for every line; so compiled ones are kept, by each thread for itself.

namespace belvedere::logql {

namespace {

using gotemplate::Functions;
using gotemplate::Value;

/// Compiled expressions of this thread: templates name the same few again and again.
Result<const RE2*> regex(std::string_view pattern)
{
    static thread_local std::unordered_map<std::string, std::unique_ptr<const RE2>> cache;
    if (cache.size() > 100)
        cache.clear();
    auto& slot = cache[std::string(pattern)];
    if (!slot) {
        RE2::Options options;
        options.set_log_errors(false);
        slot = std::make_unique<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    }
    if (!slot->ok())
        return templateFailure(formatted("error parsing regexp: {}", slot->error()));
    return slot.get();
}

/// Puts groups in place of $1, ${1}, $name, ${name} and $$.
void expand(std::string& out, std::string_view text, const RE2& re, std::span<const re2::StringPiece> groups)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        if (text[i + 1] == '$') {
            out += '$';
            ++i;
            continue;
        }
        const bool braces = text[i + 1] == '{';
        auto begin = i + (braces ? 2 : 1);
        auto end = begin;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
            ++end;
        if (end == begin || (braces && (end >= text.size() || text[end] != '}'))) {
            out += '$';
            continue;
        }
        const auto name = text.substr(begin, end - begin);
        i = braces ? end : end - 1;
        int index = -1;
        const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        if (error != std::errc() || last != name.data() + name.size()) {
            const auto& names = re.NamedCapturingGroups();
            const auto found = names.find(std::string(name));
            index = found == names.end() ? -1 : found->second;
        }
        if (index >= 0 && static_cast<std::size_t>(index) < groups.size())
            out.append(groups[static_cast<std::size_t>(index)].data(), groups[static_cast<std::size_t>(index)].size());
    }
}

}

void addExpressionFunctions(Functions& out)
{
    out["regexReplaceAll"] = ofStrings<3>([](std::string_view pattern, std::string_view text, std::string_view replacement) -> Answer {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::string result;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece> groups) { expand(result, replacement, **re, groups); },
            [&](std::string_view between) { result += between; });
        return Value(std::move(result));
    });
    out["regexReplaceAllLiteral"] = ofStrings<3>([](std::string_view pattern, std::string_view text, std::string_view replacement) -> Answer {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::string result;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece>) { result += replacement; }, [&](std::string_view between) { result += between; });
        return Value(std::move(result));
    });
    out["count"] = ofStrings<2>([](std::string_view pattern, std::string_view text) -> Answer {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::int64_t matches = 0;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece>) { ++matches; }, [](std::string_view) { });
        return Value(matches);
    });
}

}
