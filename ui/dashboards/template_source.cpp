#include "ui/dashboards/template_source.h"

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

class TemplateSource final : public datasource::DataSource {
public:
    explicit TemplateSource(std::shared_ptr<const DataSource> inner)
        : m_inner(std::move(inner))
    {
    }

    const datasource::Info& info() const override { return m_inner->info(); }
    Result<void> check(const std::string& expr) const override { return m_inner->check(withoutVariables(expr)); }
    Result<model::QueryValue> query(const datasource::QueryRequest& request, std::stop_token stop) const override { return m_inner->query(request, std::move(stop)); }
    Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->labelNames(selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->labelValues(label, selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->series(selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric, std::stop_token stop) const override { return m_inner->metadata(metric, std::move(stop)); }
    Result<std::shared_ptr<void>> tail(const std::string& expr, OnLine onLine, OnDropped onDropped) const override { return m_inner->tail(expr, std::move(onLine), std::move(onDropped)); }

private:
    std::shared_ptr<const DataSource> m_inner;
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
