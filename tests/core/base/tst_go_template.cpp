#include "core/base/go_template.h"
#include "core/base/go_time.h"

#include <gtest/gtest.h>

using namespace belvedere;
using namespace belvedere::gotemplate;

namespace {

Value sample()
{
    return Value(Map { { "name", "disk" }, { "value", 97.5 }, { "count", 3 }, { "empty", "" },
        { "labels", Map { { "job", "node" }, { "instance", "a:9100" } } }, { "items", List { "x", "y", "z" } } });
}

std::string render(std::string_view text, const Functions& functions = {}, std::string_view prelude = {})
{
    const auto compiled = Template::parse("t", text, functions, prelude);
    if (!compiled)
        return "parse: " + compiled.error().message;
    std::string out;
    if (const auto done = compiled->execute(out, sample()); !done)
        return "error: " + done.error().message;
    return out;
}

struct Case {
    const char* text;
    const char* expected;
};

class GoTemplate : public testing::TestWithParam<Case> { };

TEST_P(GoTemplate, renders) { EXPECT_EQ(render(GetParam().text), GetParam().expected) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(Language, GoTemplate,
    testing::Values(Case { "plain", "plain" }, Case { "{{ .name }}!", "disk!" }, Case { "{{ .labels.job }}/{{ $.count }}", "node/3" },
        Case { "{{ .absent }}|", "|" }, Case { "a  {{- .name -}}  b", "adiskb" }, Case { "{{/* note */}}x", "x" },
        Case { "{{ if .empty }}a{{ else if .count }}b{{ else }}c{{ end }}", "b" },
        Case { "{{ with .labels }}{{ .job }}{{ else }}none{{ end }}", "node" },
        Case { "{{ range .items }}<{{ . }}>{{ end }}", "<x><y><z>" },
        Case { "{{ range $i, $v := .items }}{{ if $i }},{{ end }}{{ $i }}{{ $v }}{{ end }}", "0x,1y,2z" },
        Case { "{{ range $k, $v := .labels }}{{ $k }}={{ $v }};{{ end }}", "instance=a:9100;job=node;" },
        Case { "{{ range .items }}{{ if eq . \"y\" }}{{ break }}{{ end }}{{ . }}{{ else }}-{{ end }}", "x" },
        Case { "{{ range .empty2 }}x{{ else }}none{{ end }}", "error: template: t:1:0: executing \"t\": range can't iterate over " },
        Case { "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2" },
        Case { "{{ define \"T\" }}[{{ . }}]{{ end }}{{ template \"T\" .name }}", "[disk]" },
        Case { "{{ (index .items 1) }}{{ len .items }}{{ slice .name 1 3 }}", "y3is" },
        Case { "{{ and .name .empty }}|{{ or .empty .name }}|{{ not .empty }}", "|disk|true" },
        Case { "{{ eq .count 1 2 3 }} {{ lt 1.5 2.5 }} {{ ge .count 4 }}", "true true false" },
        Case { "{{ .name | printf \"%s-%s\" \"a\" }}", "a-disk" }, Case { "{{ print 1 2 \"x\" 3 }}", "1 2x3" },
        Case { "{{ println .name }}", "disk\n" }, Case { "{{ html \"<&>\" }}", "&lt;&amp;&gt;" },
        Case { "{{ urlquery \"a b&c\" }}", "a+b%26c" }, Case { "{{ `raw\\n` }}{{ \"\\u00e9\" }}", "raw\\n\xC3\xA9" },
        Case { "{{ .labels }} {{ .items }} {{ nil }}", "map[instance:a:9100 job:node] [x y z] <no value>" },
        Case { "{{ .value }} {{ 1e6 }} {{ 0x10 }} {{ -3 }} {{ 'a' }}", "97.5 1e+06 16 -3 97" }));

// Both would run for hours.
INSTANTIATE_TEST_SUITE_P(TooMuchWork, GoTemplate,
    testing::Values(Case { "{{ range 1000000 }}{{ range 1000000 }}{{ end }}{{ end }}", "error: template: t:1:19: executing \"t\": the template does too much" },
        Case { "{{ range 1000000 }}{{ $x := printf \"%1000000d\" 1 }}{{ end }}", "error: template: t:1:28: executing \"t\": the template does too much" }));

INSTANTIATE_TEST_SUITE_P(Refusals, GoTemplate,
    testing::Values(Case { "{{ .a", "parse: template: t:1: unclosed action" },
        Case { "x\n{{ nosuch .a }}", "parse: template: t:2: function \"nosuch\" not defined" },
        Case { "{{ if .a }}", "parse: template: t:1: unexpected EOF" }, Case { "{{ end }}", "parse: template: t:1: unexpected {{end}}" },
        Case { "{{ $x }}", "parse: template: t:1: undefined variable \"$x\"" }, Case { "{{ }}", "parse: template: t:1: missing value for command" },
        Case { "{{ \"a }}", "parse: template: t:1: unterminated quoted string" },
        Case { "{{ .name.x }}", "error: template: t:1:3: executing \"t\": can't evaluate field x in type string" },
        Case { "{{ lt 1 \"a\" }}", "error: template: t:1:3: executing \"t\": error calling lt: incompatible types for comparison" }));

TEST(GoTemplateFunctions, receiveArgumentsPipedValueAndContext)
{
    const Functions functions { { "join", [](const Call& call) -> Result<Value> {
        std::string out = *static_cast<const std::string*>(call.context);
        for (const auto& argument : call.arguments)
            out += "," + argument.text();
        return Value(out);
    } } };
    const auto compiled = Template::parse("t", "{{ .name | join 1 }}", functions);
    ASSERT_TRUE(compiled);
    const std::string context = "c";
    std::string out;
    ASSERT_TRUE(compiled->execute(out, sample(), &context));
    EXPECT_EQ(out, "c,1,disk");
    EXPECT_TRUE(compiled->calls("join"));
    ASSERT_NE(compiled->fieldsUsed(), nullptr);
    EXPECT_EQ(*compiled->fieldsUsed(), std::vector<std::string> { "name" });
}

TEST(GoTemplateFunctions, preludeGivesVariables)
{
    EXPECT_EQ(render("{{ $labels.job }}", {}, "{{$labels := .labels}}"), "node");
    const auto broken = Template::parse("t", "ab{{ $nope }}", {}, "{{$labels := .labels}}");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().where->begin, 5U);
}

TEST(GoSprintf, followsGo)
{
    const std::vector<Value> values { 3.14159, 42, "hi", true, Value() };
    const auto one = [&](std::string_view format, std::size_t index) { return sprintf(format, std::span(values).subspan(index, 1)); };
    EXPECT_EQ(one("%06.2f", 0), "003.14");
    EXPECT_EQ(one("%.3g", 0), "3.14");
    EXPECT_EQ(one("%e", 0), "3.141590e+00");
    EXPECT_EQ(one("%+d|", 1), "+42|");
    EXPECT_EQ(one("%-5d|", 1), "42   |");
    EXPECT_EQ(one("%05d", 1), "00042");
    EXPECT_EQ(one("%x", 1), "2a");
    EXPECT_EQ(one("%5s|", 2), "   hi|");
    EXPECT_EQ(one("%q", 2), "\"hi\"");
    EXPECT_EQ(one("%x", 2), "6869");
    EXPECT_EQ(one("%.1s", 2), "h");
    EXPECT_EQ(one("%t", 3), "true");
    EXPECT_EQ(one("%v", 4), "<nil>");
    EXPECT_EQ(one("%d", 2), "%!d(string=hi)");
    EXPECT_EQ(one("%d %d", 1), "42 %!d(MISSING)");
    EXPECT_EQ(one("x", 1), "x%!(EXTRA int=42)");
    EXPECT_EQ(one("100%%", 1), "100%%!(EXTRA int=42)");
}

TEST(GoTime, formatsAndParsesLayouts)
{
    constexpr std::int64_t kTime = 1748743199892231377;
    EXPECT_EQ(formatGoTime("Mon Jan _2 15:04:05 2006", kTime).value(), "Sun Jun  1 01:59:59 2025");
    EXPECT_EQ(formatGoTime("2006-01-02T15:04:05.999999999Z07:00", kTime).value(), "2025-06-01T01:59:59.892231377Z");
    EXPECT_EQ(formatGoTime("02 January 06 03:04 PM .000", kTime).value(), "01 June 25 01:59 AM .892");
    EXPECT_EQ(formatGoTime("15:04 -0700 MST", kTime, "Europe/Berlin").value(), "03:59 +0200 CEST");
    EXPECT_EQ(parseGoTime("2006-01-02T15:04:05.999999Z07:00", "2025-06-01T02:00:00.5+02:00").value(), 1748736000500000000);
    EXPECT_EQ(parseGoTime("2006-01-02 15:04", "2025-06-01 02:00", "Europe/Berlin").value(), 1748736000000000000);
    EXPECT_FALSE(parseGoTime("2006-01-02", "2025-13-01"));
    EXPECT_FALSE(parseGoTime("2006-01-02", "2025-06-01x"));
    EXPECT_FALSE(formatGoTime("2006", kTime, "Nowhere/City"));
}

TEST(GoTime, durations)
{
    EXPECT_EQ(parseGoDuration("1h15m30.918s").value(), 4'530'918'000'000);
    EXPECT_EQ(parseGoDuration("-1.5h").value(), -5'400'000'000'000);
    EXPECT_EQ(parseGoDuration("0").value(), 0);
    EXPECT_EQ(parseGoDuration("100\u00B5s").value(), 100'000);
    for (const char* bad : { "", "5", "1d", "s", ".s", "1h-5m", "99999999999h" })
        EXPECT_FALSE(parseGoDuration(bad)) << bad;
    EXPECT_EQ(formatGoDuration(4'530'918'000'000), "1h15m30.918s");
    EXPECT_EQ(formatGoDuration(1'500'000), "1.5ms");
    EXPECT_EQ(formatGoDuration(-2'000), "-2\u00B5s");
    EXPECT_EQ(formatGoDuration(0), "0s");
    EXPECT_EQ(formatGoDuration(3'600'000'000'000), "1h0m0s");
}

}
