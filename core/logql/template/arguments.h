#pragma once

#include "core/base/go_template.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace belvedere::logql {

using Answer = Result<gotemplate::Value>;

/// A template function's failure; the line then carries it in __error_details__.
inline std::unexpected<Error> templateFailure(std::string message) { return failure(ErrorCode::execution, std::move(message)); }

/// A function of one value of any type.
template <class Body>
gotemplate::Function ofAnything(Body body)
{
    return [body](const gotemplate::Call& call) -> Answer {
        if (auto ok = call.expect(1); !ok)
            return std::unexpected(ok.error());
        return body(call.arguments[0]);
    };
}

/// A function of `Count` strings that gives a value.
template <std::size_t Count, class Body>
gotemplate::Function ofStrings(Body body)
{
    return [body](const gotemplate::Call& call) -> Answer {
        if (auto ok = call.expect(Count); !ok)
            return std::unexpected(ok.error());
        std::array<std::string_view, Count> arguments;
        for (std::size_t i = 0; i < Count; ++i) {
            const auto text = call.stringAt(i);
            if (!text)
                return std::unexpected(text.error());
            arguments[i] = *text;
        }
        return std::apply(body, arguments);
    };
}

/// A function of an integer and a string.
template <class Body>
gotemplate::Function ofCountAndString(Body body)
{
    return [body](const gotemplate::Call& call) -> Answer {
        if (auto ok = call.expect(2); !ok)
            return std::unexpected(ok.error());
        const auto count = call.integerAt(0);
        if (!count)
            return std::unexpected(count.error());
        const auto text = call.stringAt(1);
        if (!text)
            return std::unexpected(text.error());
        return body(*count, *text);
    };
}

}
