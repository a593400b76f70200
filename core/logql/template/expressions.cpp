#include "core/base/format.h"
#include "core/logql/each_match.h"
#include "core/logql/expand_groups.h"
#include "core/logql/template/arguments.h"
#include "core/logql/template/groups.h"

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

}

void addExpressionFunctions(Functions& out)
{
    out["regexReplaceAll"] = ofStrings<3>([](std::string_view pattern, std::string_view text, std::string_view replacement) -> Answer {
        const auto re = regex(pattern);
        if (!re)
            return std::unexpected(re.error());
        std::string result;
        eachMatch(**re, text, [&](std::span<const re2::StringPiece> groups) { expandGroups(result, replacement, **re, groups); },
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
