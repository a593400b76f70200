#include "core/logql/json_path.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/logql/lexer.h"

// Paths are a small language of their own inside a string of the query: keys joined with dots, and brackets around indices
// and around keys that hold dots or blanks.

namespace belvedere::logql {

Result<std::vector<JsonStep>> parseJsonPath(std::string_view expression)
{
    const auto bad = [&](std::string_view why) {
        return failure(ErrorCode::parse, formatted("cannot read the JSON expression '{}': {}", expression, why));
    };
    std::vector<JsonStep> steps;
    auto rest = trim(expression);
    while (!rest.empty()) {
        if (rest.front() == '[') {
            rest = trim(rest.substr(1));
            if (rest.starts_with('"')) {
                std::size_t n = 1;
                while (n < rest.size() && rest[n] != '"')
                    n += rest[n] == '\\' ? 2 : 1;
                if (n >= rest.size())
                    return bad("the key in brackets is not closed");
                auto key = tokenize(rest.substr(0, n + 1)).front();
                if (key.kind != TokenKind::string)
                    return bad(key.text);
                steps.push_back({ std::move(key.text), std::nullopt });
                rest = trim(rest.substr(n + 1));
            } else {
                std::size_t value = 0;
                std::size_t n = 0;
                for (; n < rest.size() && n < 9 && rest[n] >= '0' && rest[n] <= '9'; ++n)
                    value = value * 10 + static_cast<std::size_t>(rest[n] - '0');
                if (n == 0)
                    return bad("brackets hold an index or a quoted key");
                steps.push_back({ {}, value });
                rest = trim(rest.substr(n));
            }
            if (!rest.starts_with(']'))
                return bad("']' is missing");
            rest.remove_prefix(1);
            continue;
        }
        if (rest.front() == '.') {
            if (steps.empty())
                return bad("it begins with a dot");
            rest.remove_prefix(1);
        } else if (!steps.empty()) {
            return bad("keys are joined with dots");
        }
        std::size_t n = 0;
        while (n < rest.size() && !std::string_view(".[]\"= ").contains(rest[n]))
            ++n;
        if (n == 0)
            return bad("a key is missing");
        steps.push_back({ std::string(rest.substr(0, n)), std::nullopt });
        rest.remove_prefix(n);
    }
    if (steps.empty())
        return bad("it is empty");
    return steps;
}

}
