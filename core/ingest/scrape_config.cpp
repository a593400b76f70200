#include "core/ingest/scrape_config.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <map>

namespace belvedere::ingest {

namespace {

constexpr std::string_view kAddress = "__address__";
constexpr std::string_view kScheme = "__scheme__";
constexpr std::string_view kMetricsPath = "__metrics_path__";
constexpr std::string_view kInterval = "__scrape_interval__";
constexpr std::string_view kTimeout = "__scrape_timeout__";
constexpr std::string_view kParameter = "__param_";

/// Percent-encodes what may not stand in a query (RFC 3986), or in a path if `slash` is allowed.
void appendEncoded(std::string& out, std::string_view text, bool path)
{
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
        if (unreserved || (path && std::string_view("/:@!$&'()*+,;=%").contains(c)))
            out += c;
        else
            out += formatted("%{:02X}", static_cast<unsigned char>(c));
    }
}

Result<std::int64_t> positiveDuration(std::string_view what, std::string_view text)
{
    auto duration = parseDurationMs(text);
    if (!duration)
        return withContext(std::move(duration.error()), std::string(what));
    if (*duration == 0)
        return failure(ErrorCode::parse, formatted("{} cannot be 0", what));
    return duration;
}

}

Result<ExpositionFormat> scrapeProtocol(std::string_view name)
{
    if (name.starts_with("OpenMetricsText"))
        return ExpositionFormat::openMetrics;
    if (name.starts_with("PrometheusText"))
        return ExpositionFormat::text;
    return failure(ErrorCode::parse,
        formatted("scrape protocol '{}' is not supported; use PrometheusText0.0.4 or OpenMetricsText1.0.0", name));
}

Result<void> validate(const ScrapeJob& job)
{
    const auto bad = [&](std::string message) { return failure(ErrorCode::parse, formatted("scrape job '{}': {}", job.name, message)); };
    if (job.name.empty())
        return failure(ErrorCode::parse, "a scrape job has no job_name");
    if (job.intervalMs <= 0 || job.timeoutMs <= 0)
        return bad("scrape_interval and scrape_timeout must be greater than 0");
    if (job.timeoutMs > job.intervalMs) {
        return bad(formatted("scrape_timeout {} is greater than scrape_interval {}; lower the timeout", formatDurationMs(job.timeoutMs),
            formatDurationMs(job.intervalMs)));
    }
    if (job.scheme != "http" && job.scheme != "https")
        return bad(formatted("scheme '{}' is neither http nor https", job.scheme));
    if (!job.authorization.basicUser.empty() && !job.authorization.credentials.empty())
        return bad("only one of basic_auth and authorization can be given");
    for (const auto& [key, configs] : { std::pair("relabel_configs", &job.relabelConfigs), std::pair("metric_relabel_configs", &job.metricRelabelConfigs) }) {
        if (auto rules = Relabeler::compile(*configs); !rules)
            return bad(formatted("{}: {}", key, rules.error().message));
    }
    return {};
}

model::Labels discoveredLabels(const ScrapeJob& job, const std::string& address, const std::vector<model::Label>& groupLabels)
{
    model::LabelsBuilder builder;
    for (const auto& label : groupLabels)
        builder.set(label.name, label.value);
    builder.set(kAddress, address);
    const auto setDefault = [&](std::string_view name, std::string_view value) {
        if (builder.get(name).empty())
            builder.set(name, value);
    };
    setDefault("job", job.name);
    setDefault(kInterval, formatDurationMs(job.intervalMs));
    setDefault(kTimeout, formatDurationMs(job.timeoutMs));
    setDefault(kMetricsPath, job.metricsPath);
    setDefault(kScheme, job.scheme);
    for (const auto& [name, values] : job.params) {
        if (!values.empty())
            setDefault(std::string(kParameter) + name, values.front());
    }
    return builder.build();
}

Result<std::optional<RelabelledTarget>> relabelTarget(const ScrapeJob& job, const Relabeler& relabelling, const model::Labels& discovered)
{
    model::LabelsBuilder builder(discovered);
    if (!relabelling.apply(builder))
        return std::nullopt;

    const std::string address(builder.get(kAddress));
    if (address.empty())
        return failure(ErrorCode::parse, "the target has no address: __address__ is empty after relabelling");
    if (address.contains('/')) {
        return failure(ErrorCode::parse,
            formatted("\"{}\" is not a valid address; write host:port, and put the path into metrics_path and http or https into scheme", address));
    }
    const std::string scheme(builder.get(kScheme));
    if (scheme != "http" && scheme != "https")
        return failure(ErrorCode::parse, formatted("scheme \"{}\" is neither http nor https", scheme));

    RelabelledTarget target;
    const auto interval = positiveDuration("scrape interval", builder.get(kInterval));
    if (!interval)
        return std::unexpected(interval.error());
    const auto timeout = positiveDuration("scrape timeout", builder.get(kTimeout));
    if (!timeout)
        return std::unexpected(timeout.error());
    if (*timeout > *interval) {
        return failure(ErrorCode::parse, formatted("scrape timeout cannot be greater than scrape interval ({} > {})", formatDurationMs(*timeout), formatDurationMs(*interval)));
    }
    target.intervalMs = *interval;
    target.timeoutMs = *timeout;

    std::map<std::string, std::vector<std::string>> parameters;
    for (const auto& [name, values] : job.params)
        parameters[name] = values;
    for (const auto& label : builder.list()) {
        if (!label.name.starts_with(kParameter))
            continue;
        auto& values = parameters[label.name.substr(kParameter.size())];
        values.resize(std::max<std::size_t>(values.size(), 1));
        values.front() = label.value;
    }

    target.url = scheme + "://" + address;
    const auto path = builder.get(kMetricsPath);
    if (!path.starts_with('/'))
        target.url += '/';
    appendEncoded(target.url, path, true);
    char separator = '?';
    for (const auto& [name, values] : parameters) {
        for (const auto& value : values) {
            target.url += std::exchange(separator, '&');
            appendEncoded(target.url, name, false);
            target.url += '=';
            appendEncoded(target.url, value, false);
        }
    }

    if (builder.get("instance").empty())
        builder.set("instance", address);
    std::vector<model::Label> kept;
    for (const auto& label : builder.list()) {
        if (label.name.starts_with("__"))
            continue;
        if (!isValidUtf8(label.value))
            return failure(ErrorCode::parse, formatted("label {} of the target is not valid UTF-8", label.name));
        kept.push_back(label);
    }
    target.labels = model::Labels::fromSorted(std::move(kept));
    return target;
}

}
