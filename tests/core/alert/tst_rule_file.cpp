#include "core/alert/rule_file.h"
#include "tests/support/folders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

using namespace belvedere;
using namespace belvedere::alert;

namespace {

std::vector<std::string> faults(std::string_view text)
{
    const auto groups = parseRuleFile(text, "r.yml", Language::promql, {});
    return groups ? std::vector<std::string>() : groups.error();
}

std::string contents(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}

TEST(RuleFile, readsGroupsRulesAndSharedLabels)
{
    const auto groups = parseRuleFile(R"(
groups:
  - name: g
    interval: 30s
    limit: 5
    labels: {team: web, severity: info}
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: up == 0
        for: 1m30s
        keep_firing_for: 5m
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.instance }} is down"}
)",
        "r.yml", Language::promql, {});
    ASSERT_TRUE(groups) << groups.error().front();
    ASSERT_EQ(groups->size(), 1U);
    const auto& group = groups->front();
    EXPECT_EQ(group.intervalMs, 30'000);
    ASSERT_EQ(group.rules.size(), 2U);
    EXPECT_EQ(group.rules[0].labels.size(), 2U);
    EXPECT_EQ(group.rules[1].holdDurationMs, 90'000);
    EXPECT_EQ(group.rules[1].keepFiringForMs, 300'000);
    EXPECT_EQ(model::Labels(group.rules[1].labels), (model::Labels { { "severity", "critical" }, { "team", "web" } }));
}

TEST(RuleFile, faultsNameTheirPlace)
{
    const auto list = faults("groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up ==\n        foor: 1m\n");
    ASSERT_EQ(list.size(), 2U);
    EXPECT_TRUE(list[0].starts_with("r.yml:6:9: unknown field 'foor'")) << list[0];
    EXPECT_TRUE(list[1].starts_with("r.yml:5:")) << list[1];
    EXPECT_NE(list[1].find("could not parse expression"), std::string::npos) << list[1];
}

TEST(RuleFile, refusesWhatPrometheusRefuses)
{
    EXPECT_FALSE(faults("groups: [").empty());
    // The YAML reader alone takes it for the end of the document.
    const auto withNul = faults(std::string_view("groups:\n\0", 9));
    ASSERT_EQ(withNul.size(), 1U);
    EXPECT_TRUE(withNul[0].starts_with("r.yml:2:1: there is a control character (0x00)")) << withNul[0];
    EXPECT_FALSE(faults("groups:\n - name: a\n   rules: []\n - name: a\n   rules: []\n").empty());
    EXPECT_FALSE(faults("groups:\n - rules: []\n").empty());
    EXPECT_FALSE(faults("groups:\n - name: a\n   rules:\n    - record: r\n      alert: b\n      expr: up\n").empty());
    EXPECT_FALSE(faults("groups:\n - name: a\n   rules:\n    - record: r\n      expr: up\n      for: 1m\n").empty());
    EXPECT_FALSE(faults("groups:\n - name: a\n   rules:\n    - alert: r\n      expr: up\n      for: soon\n").empty());
    EXPECT_FALSE(faults("groups:\n - name: a\n   rules:\n    - alert: r\n      expr: up\n      annotations: {s: '{{ $labels.x'}\n").empty());
    EXPECT_TRUE(faults("").empty());
    EXPECT_TRUE(faults("groups: []").empty());
}

// Every published rule file is taken or refused as promtool 3.5 takes or refuses it.
TEST(RuleFile, corpusIsReadAsPrometheusReadsIt)
{
    const auto folder = belvedere::test::sharedFolder() / "corpus" / "prometheus-rules";
    if (!std::filesystem::exists(folder)) {
        std::cout << "skipped: no corpus at " << folder << "\n";
        return;
    }
    // alerts-vmagent has a field that only vmalert knows.
    const std::vector<std::string> bad { "rules0-bad", "alerts-vmagent", "broker-alerts", "invalid-rules-data", "invalid-unknown-field" };
    int read = 0, refusedWrongly = 0, takenWrongly = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || entry.path().string().find("k8s-prometheusrule") != std::string::npos)
            continue;
        const auto name = entry.path().filename().string();
        const bool expectBad = std::any_of(bad.begin(), bad.end(), [&](const std::string& part) { return name.find(part) != std::string::npos; });
        promql::Features features;
        features.experimentalFunctions = true;
        const auto groups = parseRuleFile(contents(entry.path()), name, Language::promql, features);
        ++read;
        if (!groups && !expectBad) {
            ++refusedWrongly;
            std::cout << groups.error().front() << "\n";
        }
        if (groups && expectBad) {
            ++takenWrongly;
            std::cout << name << " should be refused\n";
        }
    }
    std::cout << read << " rule files, " << refusedWrongly << " refused wrongly, " << takenWrongly << " taken wrongly\n";
    EXPECT_EQ(refusedWrongly, 0);
    EXPECT_EQ(takenWrongly, 0);
    EXPECT_GT(read, 90);
}
