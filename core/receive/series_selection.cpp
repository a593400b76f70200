#include "core/receive/series_selection.h"

#include "core/base/format.h"
#include "core/promql/engine.h"
#include "core/receive/api_parameters.h"

#include <algorithm>
#include <utility>

namespace belvedere::receive {

namespace {

bool restrictsNothing(const model::Matchers& matchers)
{
    return std::ranges::all_of(matchers, [](const model::Matcher& matcher) { return matcher.matchesEmpty(); });
}

}

Result<std::vector<model::Matchers>> matcherSets(const Parameters& parameters)
{
    std::vector<model::Matchers> sets;
    for (const auto text : parameters.all("match[]")) {
        auto matchers = promql::parseSelector(text);
        if (!matchers)
            return failure(ErrorCode::invalidArgument, formatted("invalid parameter \"match[]\": {}", matchers.error().message));
        if (restrictsNothing(*matchers))
            return failure(ErrorCode::invalidArgument, "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher");
        sets.push_back(std::move(*matchers));
    }
    return sets;
}

Result<SeriesSelection> seriesSelection(const Parameters& parameters)
{
    SeriesSelection selection;
    const auto limit = limitParameter(parameters, "limit");
    if (!limit)
        return std::unexpected(limit.error());
    selection.limit = *limit;
    const auto from = timeParameter(parameters, "start", kAllTime.fromMs);
    if (!from)
        return std::unexpected(from.error());
    const auto to = timeParameter(parameters, "end", kAllTime.toMs);
    if (!to)
        return std::unexpected(to.error());
    selection.range = { *from, *to };
    auto sets = matcherSets(parameters);
    if (!sets)
        return std::unexpected(sets.error());
    selection.matcherSets = std::move(*sets);
    return selection;
}

}
