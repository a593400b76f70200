#include "ui/dashboards/template_source.h"

#include "core/datasource/forwarding_source.h"

#include <cctype>
#include <utility>

namespace belvedere::ui {
namespace {

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Bytes of the variable that begins at `at`; 0 if none does.
std::size_t variableLength(std::string_view text, std::size_t at)
{
    const auto closed = [&](std::string_view end) {
        const auto found = text.find(end, at);
        return found == std::string_view::npos ? 0 : found + end.size() - at;
    };
    if (text.substr(at).starts_with("[["))
        return closed("]]");
    if (text[at] != '$' || at + 1 == text.size())
        return 0;
    if (text[at + 1] == '{')
        return closed("}");
    auto end = at + 1;
    while (end < text.size() && isWord(text[end]))
        ++end;
    return end - at > 1 ? end - at : 0;
}

class TemplateSource final : public datasource::ForwardingSource {
public:
    using ForwardingSource::ForwardingSource;

    Result<void> check(const std::string& expr) const override { return inner().check(withoutVariables(expr)); }
};

}

std::string withoutVariables(std::string_view expr)
{
    std::string out;
    char quote = 0;
    for (std::size_t i = 0; i < expr.size();) {
        const char c = expr[i];
        const auto length = quote ? 0 : variableLength(expr, i);
        if (length == 0) {
            if (quote && c == '\\' && quote != '`' && i + 1 < expr.size())
                out += expr[i++];
            else if (quote && c == quote)
                quote = 0;
            else if (!quote && (c == '"' || c == '\'' || c == '`'))
                quote = c;
            out += expr[i++];
            continue;
        }
        // After a bracket, a colon or the word offset stands a duration; anywhere else a name can stand.
        auto before = out.find_last_not_of(' ');
        const bool isDuration = before != std::string::npos && (out[before] == '[' || out[before] == ':' || std::string_view(out).substr(0, before + 1).ends_with("offset"));
        std::string stand(length, isDuration ? ' ' : 'x');
        if (isDuration)
            stand.replace(0, 2, "1m");
        out += stand;
        i += length;
    }
    return out;
}

std::shared_ptr<const datasource::DataSource> templateSource(std::shared_ptr<const datasource::DataSource> source)
{
    return source ? std::make_shared<const TemplateSource>(std::move(source)) : nullptr;
}

}
