#include "core/alert/template.h"

#include "tests/support/memory_metric_source.h"

#include <gtest/gtest.h>

using namespace belvedere;
using namespace belvedere::alert;

namespace {

std::string expand(const std::string& text, double value = 0.1234)
{
    static test::MemoryMetricSource source;
    static TaskPool pool(1);
    static const promql::Engine engine(source, pool, {});
    static const model::Labels labels { { "instance", "db-1.example.org:9100" }, { "job", "node" } };
    static const model::Labels external { { "site", "home" } };
    static const std::string url = "http://127.0.0.1:9797";
    return expandTemplate(text, { labels, external, url, value, 0 }, engine);
}

}

TEST(Template, knowsTheFourVariables)
{
    EXPECT_EQ(expand("{{ $labels.instance }} {{ .Labels.job }} {{ $value }} {{ $externalLabels.site }} {{ $externalURL }}"),
        "db-1.example.org:9100 node 0.1234 home http://127.0.0.1:9797");
    EXPECT_EQ(expand("{{ $labels.nothing }}|"), "|");
    EXPECT_EQ(expand("no action"), "no action");
}

TEST(Template, queriesEndWhenTheyAreTold)
{
    const test::MemoryMetricSource source;
    TaskPool pool(1);
    const promql::Engine engine(source, pool, {});
    std::stop_source stop;
    stop.request_stop();
    const auto text = expandTemplate("{{ query \"up\" }}", { {}, {}, "", 0, 0, stop.get_token() }, engine);
    EXPECT_NE(text.find("cancelled"), std::string::npos) << text;
}

TEST(Template, humanizesAsPrometheusDoes)
{
    EXPECT_EQ(expand("{{ $value | humanize }}", 1234567), "1.235M");
    EXPECT_EQ(expand("{{ $value | humanize }}", 0.00123), "1.23m");
    EXPECT_EQ(expand("{{ $value | humanize1024 }}", 1048576), "1Mi");
    EXPECT_EQ(expand("{{ $value | humanizeDuration }}", 93784), "1d 2h 3m 4s");
    EXPECT_EQ(expand("{{ $value | humanizeDuration }}", 12.5), "12.5s");
    EXPECT_EQ(expand("{{ $value | humanizeDuration }}", 0.25), "250ms");
    EXPECT_EQ(expand("{{ $value | humanizeDuration }}", 1e300), "106481481481481d 11h 33m 20s"); // no more than 64 bits hold
    EXPECT_EQ(expand("{{ $value | humanizePercentage }}", 0.1234567), "12.35%");
    EXPECT_EQ(expand("{{ $value | humanizeTimestamp }}", 1435065584.128), "2015-06-23 13:19:44.128 +0000 UTC");
    EXPECT_EQ(expand("{{ printf \"%.1f\" $value }}", 2.25), "2.2");
}

TEST(Template, worksOnTexts)
{
    EXPECT_EQ(expand("{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}"), "db-1.example.org db-1:9100");
    EXPECT_EQ(expand("{{ reReplaceAll \"(.*)-(\\\\d).*\" \"$2-$1\" $labels.instance }}"), "1-db");
    EXPECT_EQ(expand("{{ if match \"^db\" $labels.instance }}yes{{ else }}no{{ end }}"), "yes");
    EXPECT_EQ(expand("{{ toUpper $labels.job | title }}"), "NODE");
}

TEST(Template, queriesTheStore)
{
    EXPECT_EQ(expand("{{ with query \"vector(7)\" }}{{ . | first | value }}{{ end }}"), "7");
    EXPECT_EQ(expand("{{ range query \"vector(2)\" }}[{{ .Value }}]{{ end }}"), "[2]");
}

TEST(Template, faultBecomesTheText)
{
    EXPECT_TRUE(expand("{{ query \"nothing_here\" | first | value }}").starts_with("<error expanding template: "));
    EXPECT_FALSE(checkTemplate("{{ $labels.x "));
    EXPECT_FALSE(checkTemplate("{{ unknownFunction 1 }}"));
    EXPECT_TRUE(checkTemplate("{{ query \"up\" | first | value }}"));
}
