#include "core/dashboard/document.h"
#include "core/dashboard/panel_data.h"

#include "recorded.h"
#include "tests/support/folders.h"
#include "tests/support/made_up_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace belvedere;
using namespace belvedere::dashboard;
using namespace belvedere::tests;

namespace {

std::filesystem::path corpus()
{
    return test::sharedFolder() / "corpus";
}

std::string contents(const std::filesystem::path& file)
{
    std::ifstream input(file, std::ios::binary);
    std::ostringstream text;
    text << input.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> corpusDashboards(const std::string& start = {})
{
    std::vector<std::filesystem::path> files;
    for (const auto* folder : { "dashboards", "dashboards-v2" }) {
        if (!std::filesystem::exists(corpus() / folder))
            continue;
        for (const auto& entry : std::filesystem::directory_iterator(corpus() / folder)) {
            if (entry.path().extension() == ".json" && entry.path().filename().string().starts_with(start))
                files.push_back(entry.path());
        }
    }
    if (files.empty())
        std::printf("skipped: no dashboards in %s\n", corpus().c_str());
    return files;
}

Document parsed(const std::string& text)
{
    auto document = Document::parse(text);
    EXPECT_TRUE(document) << document.error().message;
    return std::move(*document);
}

bool reports(const Document& document, std::string_view words)
{
    return std::ranges::any_of(document.report(), [words](const Finding& finding) { return finding.message.find(words) != std::string::npos; });
}

std::shared_ptr<const datasource::Registry> registry()
{
    datasource::Info prometheus { .uid = "belvedere", .name = "Belvedere", .type = "prometheus", .embedded = true, .isDefault = true };
    datasource::Info loki { .uid = "logs", .name = "Logs", .type = "loki", .embedded = true };
    return std::make_shared<datasource::Registry>(std::vector<std::shared_ptr<const datasource::DataSource>> { std::make_shared<MadeUpSource>(prometheus), std::make_shared<MadeUpSource>(loki) });
}

PanelData run(const Document& document, const Panel& panel, std::vector<Variable> variables = {})
{
    PanelRequest request;
    request.document = std::make_shared<Document>(document);
    request.variables = std::make_shared<std::vector<Variable>>(std::move(variables));
    request.registry = registry();
    request.panel = panel;
    request.range = { 1'721'220'000'000, 1'721'223'600'000 };
    request.nowMs = request.range.toMs;
    return queryPanel(request, {});
}

TEST(Document, EveryRealDashboardOpensAndIsWrittenAsItCame)
{
    std::size_t panels = 0;
    std::size_t drawn = 0;
    for (const auto& file : corpusDashboards()) {
        const auto text = contents(file);
        const auto document = Document::parse(text);
        ASSERT_TRUE(document) << file << ": " << document.error().message;
        EXPECT_EQ(document->write(), text) << file;
        EXPECT_FALSE(document->isModified());
        // What would be saved after an edit opens again and looks the same.
        const auto again = Document::parse(document->writeClassic());
        ASSERT_TRUE(again) << file;
        EXPECT_EQ(again->panels().size(), document->panels().size()) << file;
        for (const auto& panel : document->panels()) {
            ++panels;
            drawn += isSupportedPanel(panel.type);
        }
    }
    std::printf("dashboards: %zu of %zu top panels are drawn\n", drawn, panels);
}

TEST(Document, EveryPanelOfTheCorpusAnswersWithDataOrAReason)
{
    std::size_t withData = 0;
    std::size_t withReason = 0;
    std::size_t silent = 0;
    for (const auto& file : corpusDashboards()) {
        const auto document = Document::parse(contents(file));
        ASSERT_TRUE(document);
        const auto updated = updateVariables(*document, document->variables(), *registry(), { 1'721'220'000'000, 1'721'223'600'000 }, {}, {});
        for (const auto& panel : document->panels()) {
            if (panel.targets.empty() || !isSupportedPanel(panel.type))
                continue;
            const auto data = run(*document, panel, updated.variables);
            const bool asks = std::ranges::any_of(panel.targets, [](const Target& target) { return !target.hide && !target.expr.empty(); });
            if (!data.frames.empty())
                ++withData;
            else if (!data.problems.empty() || !asks)
                ++withReason;
            else
                ++silent;
        }
    }
    std::printf("panels: %zu with data, %zu with a reason, %zu silent\n", withData, withReason, silent);
    EXPECT_LE(silent * 50, withData + withReason + silent);
}

TEST(Document, NumbersBeyondAnIntAreItsEnds)
{
    const auto document = parsed(R"js({"panels":[{"id":1e300,"type":"stat","gridPos":{"x":-1e99,"y":1e99,"w":77777777777777777777,"h":"-1e40"},
        "fieldConfig":{"defaults":{"decimals":-1e99}},"targets":[{"expr":"up","intervalFactor":1e99,"maxLines":1e99}]}]})js");
    ASSERT_EQ(document.panels().size(), 1U);
    EXPECT_EQ(document.panels()[0].grid.w, 24);
    EXPECT_EQ(document.panels()[0].grid.x, 0);
}

TEST(Document, RowsBecomeAGrid)
{
    const auto document = parsed(R"js({"schemaVersion":14,"rows":[{"height":"250px","title":"A","showTitle":true,"panels":[
        {"id":1,"type":"graph","span":6},{"id":2,"type":"graph","span":6},{"id":3,"type":"graph","span":12}]},{"height":100,"title":"B","collapse":true,"panels":[{"id":4,"type":"text","span":12}]}]})js");

    ASSERT_EQ(document.panels().size(), 5U);
    EXPECT_EQ(document.panels()[0].type, "row");
    EXPECT_EQ(document.panel(1)->grid, (GridPos { 0, 1, 12, 7 }));
    EXPECT_EQ(document.panel(2)->grid, (GridPos { 12, 1, 12, 7 }));
    EXPECT_EQ(document.panel(3)->grid, (GridPos { 0, 8, 24, 7 }));
    EXPECT_EQ(document.panels()[4].panels.size(), 1U);
}

TEST(Document, GraphBecomesTimeseries)
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"graph","bars":true,"lines":false,"stack":true,"nullPointMode":"null as zero","yaxes":[{"format":"bytes","logBase":10,"min":"0"},{"format":"short"}],
        "legend":{"show":true,"alignAsTable":true,"rightSide":true,"values":true,"avg":true,"current":true},"aliasColors":{"a":"#fff"},
        "seriesOverrides":[{"alias":"/err.*/i","yaxis":2,"color":"red","strange":1}],"thresholds":[{"value":5,"op":"gt","colorMode":"critical","fill":true}]}]})js");

    const auto* panel = document.panel(1);
    const auto& defaults = panel->fieldConfig["defaults"];
    EXPECT_EQ(panel->type, "timeseries");
    EXPECT_EQ(defaults["unit"].text(), "bytes");
    EXPECT_EQ(defaults["min"].toDouble(), 0);
    EXPECT_EQ(defaults["nullValueMode"].text(), "null as zero");
    EXPECT_EQ(defaults["custom"]["drawStyle"].text(), "bars");
    EXPECT_EQ(defaults["custom"]["stacking"]["mode"].text(), "normal");
    EXPECT_EQ(defaults["custom"]["scaleDistribution"]["type"].text(), "log");
    EXPECT_EQ(panel->options["legend"]["calcs"].write(), R"js(["mean","lastNotNull"])js");
    EXPECT_EQ(panel->fieldConfig["overrides"][1]["matcher"]["id"].text(), "byRegexp");
    EXPECT_EQ(defaults["thresholds"]["steps"][1]["value"].toDouble(), 5);
    EXPECT_TRUE(reports(document, "strange"));
    EXPECT_TRUE((*document.panelJson(1))["yaxes"].isArray()) << "what it was made of stays";
}

TEST(Document, SinglestatBecomesStatOrGauge)
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"singlestat","valueName":"name","format":"none","thresholds":"85,95","colors":["g","y","r"],"colorValue":true},
        {"id":2,"type":"singlestat","gauge":{"show":true,"minValue":0,"maxValue":50},"valueMaps":[{"value":"null","text":"N/A"},{"value":"1","text":"UP"}],"mappingType":1}]})js");

    EXPECT_EQ(document.panel(1)->type, "stat");
    EXPECT_EQ(document.panel(1)->options["textMode"].text(), "name");
    EXPECT_EQ(document.panel(1)->options["colorMode"].text(), "value");
    EXPECT_EQ(document.panel(1)->fieldConfig["defaults"]["thresholds"]["steps"][2]["color"].text(), "r");
    EXPECT_EQ(document.panel(2)->type, "gauge");
    EXPECT_EQ(document.panel(2)->fieldConfig["defaults"]["max"].toDouble(), 50);
    const auto mappings = readMappings(document.panel(2)->fieldConfig["defaults"]["mappings"]);
    EXPECT_EQ(mapValue(mappings, 1.0)->text, "UP");
    EXPECT_EQ(mapValue(mappings, Value())->text, "N/A");
}

TEST(Document, OldTableBecomesTable)
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"table","transform":"table","styles":[{"pattern":"/.*/","type":"number","unit":"short"},{"pattern":"Value #A","alias":"Running","type":"number","unit":"s","colorMode":"cell","thresholds":["1","2"],"colors":["a","b","c"]},{"pattern":"Time","type":"hidden"}],
        "targets":[{"refId":"A","expr":"a","format":"table","instant":true},{"refId":"B","expr":"b","format":"table","instant":true}]}]})js");

    const auto data = run(document, *document.panel(1));
    ASSERT_EQ(data.frames.size(), 1U) << "instants are joined by their labels";
    const auto running = std::ranges::find_if(data.frames[0].fields, [](const ShownField& field) { return field.name == "Running"; });
    ASSERT_NE(running, data.frames[0].fields.end());
    EXPECT_EQ(running->config.unit, "s");
    EXPECT_EQ(data.frames[0].rows(), 3U);
}

TEST(Document, TypesOfJsonDoNotMatter)
{
    const auto document = parsed(R"js({"rows":[],"refresh":false,"panels":[{"id":1,"type":"timeseries","gridPos":{"h":"8","w":"24","x":"0","y":"3"},"fieldConfig":{"defaults":{"decimals":"3"}},"targets":[{"expr":"SUM(up)","interval":null,"step":30}]}]})js");

    EXPECT_EQ(document.refreshMs(), 0);
    EXPECT_EQ(document.panel(1)->grid, (GridPos { 0, 3, 24, 8 }));
    EXPECT_EQ(readFieldConfig(document.panel(1)->fieldConfig["defaults"]).decimals, 3);
    EXPECT_EQ(document.panel(1)->targets[0].interval, "") << "a step is what an old editor once computed";
}

TEST(Document, AnInputWithTheNameOfAVariableIsThatVariable)
{
    const auto document = parsed(R"js({"__inputs":[{"name":"DS_PROMETHEUS","pluginId":"prometheus"}],"templating":{"list":[{"name":"DS_PROMETHEUS","type":"datasource","query":"prometheus"}]},"panels":[]})js");
    const auto sources = registry();
    const auto updated = updateVariables(document, document.variables(), *sources, { 0, 1000 }, {}, {});
    Scope scope;
    scope.setVariables(updated.variables);

    EXPECT_EQ(updated.variables[0].values, std::vector<std::string> { "belvedere" });
    for (const auto& reference : { SourceRef { "", "${DS_PROMETHEUS}" }, SourceRef { "prometheus", "000000001" }, SourceRef { "", "PBFA97CFB590B2093" }, SourceRef {}, SourceRef { "datasource", "grafana" } })
        EXPECT_TRUE(resolveSource(reference, scope, document, *sources).source) << reference.uid;
    EXPECT_EQ(resolveSource({ "loki", "x" }, scope, document, *sources).source->info().name, "Logs");
    EXPECT_FALSE(resolveSource({ "tempo", "x" }, scope, document, *sources).problem.empty());
}

TEST(Document, EditsKeepWhatIsNotUnderstood)
{
    auto document = parsed(R"js({"weird":{"a":1.0},"panels":[{"id":1,"type":"stat","secret":true,"gridPos":{"x":0,"y":0,"w":6,"h":4}}],"schemaVersion":39})js");
    ASSERT_TRUE(document.setGrid(1, { 6, 0, 6, 4 }));
    const auto id = document.addPanel(Json::object({ { "type", "text" } }));

    EXPECT_TRUE(document.isModified());
    const auto again = parsed(document.write());
    EXPECT_EQ(again.root()["weird"].write(), R"js({"a":1.0})js");
    EXPECT_TRUE((*again.panelJson(1))["secret"].toBool());
    EXPECT_EQ(again.panel(1)->grid.x, 6);
    EXPECT_EQ(id, 2);
    EXPECT_TRUE(document.removePanel(id));
    EXPECT_FALSE(document.removePanel(id));
}

TEST(Document, RowsOpenAndFold)
{
    auto document = parsed(R"js({"panels":[{"id":1,"type":"row","collapsed":true,"gridPos":{"x":0,"y":0,"w":24,"h":1},"panels":[{"id":2,"type":"stat","gridPos":{"x":0,"y":1,"w":6,"h":4}}]},
        {"id":3,"type":"row","gridPos":{"x":0,"y":1,"w":24,"h":1}},{"id":4,"type":"stat","gridPos":{"x":0,"y":2,"w":6,"h":4}}]})js");

    ASSERT_TRUE(document.setRowCollapsed(1, false));
    EXPECT_EQ(document.panel(2)->grid.y, 1);
    EXPECT_EQ(document.panel(3)->grid.y, 5);
    ASSERT_TRUE(document.setRowCollapsed(1, true));
    EXPECT_EQ(document.panel(3)->grid.y, 1);
    EXPECT_EQ(document.panels()[0].panels.size(), 1U);
}

TEST(Document, WhatIsNoDashboardSaysSo)
{
    EXPECT_NE(Document::parse("{\n\"panels\": [,]}").error().message.find("line 2, column 12"), std::string::npos);
    EXPECT_NE(Document::parse("[]").error().message.find("no dashboard"), std::string::npos);
    EXPECT_NE(Document::parse("{}").error().message.find("neither panels nor rows"), std::string::npos);
}

TEST(Variables, FormatsAsRecorded)
{
    Tally tally("interpolation");
    forEachRecorded("interpolation.jsonl.gz", [&](const Json& line) {
        const auto& in = line["in"];
        const auto group = line["id"].toString().substr(0, line["id"].text().find_first_of(":/"));
        if (in.has("variables"))
            return;
        Variable variable;
        variable.name = "server";
        variable.multi = in["multi"].toBool();
        variable.includeAll = in["includeAll"].toBool();
        variable.allValue = in["allValue"].toString();
        const auto texts = [](const Json& json) {
            std::vector<std::string> out;
            if (json.isArray()) {
                for (const auto& item : json.items())
                    out.push_back(item.toString());
            } else {
                out.push_back(json.toString());
            }
            return out;
        };
        variable.values = texts(in["value"]);
        variable.texts = in.has("text") ? texts(in["text"]) : variable.values;
        for (const auto& option : in["options"].items())
            variable.options.push_back({ option["label"].toString(), option["value"].toString() });
        Scope scope;
        scope.setPlain("other", "OTH");
        scope.setVariable(variable);
        const auto got = interpolate(in["template"].text(), scope);
        tally.count(group, got == line["out"].text(), [&] { return in["template"].toString() + " of " + in["value"].write() + " expected " + line["out"].write() + " got " + got; });
    });
    EXPECT_GT(tally.percent(), 80);
}

TEST(Variables, QueryOptionsAsRecorded)
{
    Tally tally("variable options");
    forEachRecorded("variable-options.jsonl", [&](const Json& line) {
        const auto& in = line["in"];
        if (line["out"].has("$throws") || in.has("valuesFormat"))
            return;
        std::vector<VariableOption> options;
        if (in["type"].text() == "custom") {
            options = customOptions(in["query"].text());
        } else if (in["type"].text() == "query") {
            std::vector<VariableOption> answered;
            for (const auto& value : in["values"].items()) {
                const auto text = value["text"].toString();
                answered.push_back({ text, value.has("value") ? (value["value"].isNumber() ? textOf(value["value"].toDouble()) : value["value"].toString()) : text });
            }
            options = queryOptions(answered, in["regex"].toString(), static_cast<int>(in["sort"].toInt())).value_or(std::vector<VariableOption>());
        } else {
            return;
        }
        bool passed = options.size() == line["out"]["options"].size();
        for (std::size_t i = 0; passed && i < options.size(); ++i)
            passed = options[i].value == line["out"]["options"][i]["value"].text() || (line["out"]["options"][i]["value"].isNumber());
        tally.count(in["type"].toString(), passed, [&] { return line.write(); });
    });
    EXPECT_GT(tally.percent(), 80);
}

TEST(Variables, LegendsAsRecorded)
{
    Tally tally("legend format");
    forEachRecorded("legend-format.jsonl", [&](const Json& line) {
        std::vector<model::Label> labels;
        for (const auto& [name, value] : line["in"]["labels"].members())
            labels.push_back({ name, value.toString() });
        std::ranges::sort(labels);
        const auto got = formatLegend(line["in"]["template"].text(), model::Labels::fromSorted(labels));
        tally.count("legend", got == line["out"].text(), [&] { return line.write() + " got " + got; });
    });
    EXPECT_GT(tally.percent(), 90);
}

TEST(Variables, SeveralValuesInAQueryBecomeAnAlternation)
{
    Variable variable;
    variable.name = "instance";
    variable.multi = true;
    variable.values = { "a.b", "c" };
    Scope scope;
    scope.setVariable(variable);
    EXPECT_EQ(interpolateQuery(R"js(up{instance=~"$instance"})js", scope), R"js(up{instance=~"(a\\.b|c)"})js");
    variable.values = { std::string(kAllValue) };
    variable.allValue = ".*";
    scope.setVariable(variable);
    EXPECT_EQ(interpolateQuery(R"js(up{instance=~"${instance}"}[[nope]])js", scope), R"js(up{instance=~".*"}[[nope]])js");
}

TEST(Variables, RateIntervalIsAtLeastFourScrapes)
{
    Scope scope;
    scope.setInterval(15'000, 15'000);
    EXPECT_EQ(interpolate("$__interval $__rate_interval", scope), "15s 60s");
    scope.setInterval(120'000, 15'000);
    EXPECT_EQ(interpolate("$__rate_interval", scope), "135s");
}

TEST(Variables, ChainsAreAskedInOrder)
{
    const auto document = parsed(R"js({"panels":[],"templating":{"list":[{"name":"node","type":"query","query":"label_values(up{job=\"$job\"}, instance)","regex":"/([^:]+):.*/"},{"name":"job","type":"query","query":{"query":"label_values(up, job)","refId":"x"},"current":{"value":"redis"}},
        {"name":"a","type":"query","query":"label_values($b)"},{"name":"b","type":"query","query":"label_values($a)"}]}})js");
    const auto updated = updateVariables(document, document.variables(), *registry(), { 0, 1000 }, {}, {});

    EXPECT_EQ(updated.variables[1].values, std::vector<std::string> { "redis" });
    EXPECT_EQ(updated.variables[0].values, std::vector<std::string> { "instance-1" });
    EXPECT_EQ(updated.problems.size(), 2U);
}

namespace {

/// Three instances are up; only one of them has the database's metrics.
class DatabaseSource final : public MadeUpSource {
public:
    DatabaseSource()
        : MadeUpSource({ .uid = "p", .name = "P", .type = "prometheus", .isDefault = true })
    {
    }
    Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<std::string>& selectors, std::int64_t, std::int64_t, std::stop_token) const override
    {
        if (selectors.empty() || selectors[0].starts_with("up"))
            return std::vector<std::string> { "a:1", "b:2", "c:3" };
        return selectors[0].starts_with("pg_") ? std::vector<std::string> { "b:2" } : std::vector<std::string> { "a:1", "b:2" };
    }
};

std::vector<std::string> instanceFor(const std::string& current, const std::string& expr = R"(pg_up{instance=\"$instance\"} + x{job=\"j\",instance=~\"${instance:regex}\"})")
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"stat","targets":[{"expr":")js" + expr + R"js("}]}],"templating":{"list":[{"name":"instance","type":"query","query":"label_values(up, instance)","current":)js" + current + "}]}}");
    const auto sources = std::make_shared<datasource::Registry>(std::vector<std::shared_ptr<const datasource::DataSource>> { std::make_shared<DatabaseSource>() });
    return updateVariables(document, document.variables(), *sources, { 0, 1000 }, {}, {}).variables[0].values;
}

}

TEST(Variables, WithoutAChoiceTheOptionThatHasDataIsTaken)
{
    EXPECT_EQ(instanceFor("{}"), std::vector<std::string> { "b:2" });
    EXPECT_EQ(instanceFor(R"({"value":"gone:9"})"), std::vector<std::string> { "b:2" });
    EXPECT_EQ(instanceFor(R"({"value":"c:3"})"), std::vector<std::string> { "c:3" }) << "what a person chose stays";
    EXPECT_EQ(instanceFor("{}", "vector(1)"), std::vector<std::string> { "a:1" }) << "no query says which";
}

TEST(Variables, OneWithoutOptionsIsNothing)
{
    // Grafana gives it the value "", and a matcher for "" means series without the label.
    const auto document = parsed(R"js({"panels":[],"templating":{"list":[{"name":"release","type":"query","query":"label_values(up, release)","regex":"/nothing (.*)/","current":{}}]}})js");
    Scope scope;
    scope.setVariables(updateVariables(document, document.variables(), *registry(), { 0, 1000 }, {}, {}).variables);
    EXPECT_EQ(interpolateQuery(R"(up{release="$release"})", scope), R"(up{release=""})");
}

TEST(PanelData, KeepsEverySpikeInTwoPointsAPixel)
{
    std::vector<std::int64_t> times;
    std::vector<double> values;
    for (int i = 0; i < 100'000; ++i) {
        times.push_back(i * 10);
        values.push_back(i == 54'321 ? 1000 : i % 7);
    }
    const auto line = reducedToPixels(times, values, { 0, 1'000'000 }, 400);
    EXPECT_LE(line.values.size(), 802U);
    EXPECT_NE(std::ranges::find(line.values, 1000), line.values.end());
    EXPECT_TRUE(std::ranges::is_sorted(line.timesMs));
}

TEST(PanelData, OverridesByRenamedColumn)
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"table","targets":[{"refId":"A","expr":"x","format":"table","instant":true}],"transformations":[{"id":"organize","options":{"excludeByName":{"Time":true},"indexByName":{"name":0},"renameByName":{"Value":"Running"}}}],
        "fieldConfig":{"defaults":{},"overrides":[{"matcher":{"id":"byName","options":"Running"},"properties":[{"id":"unit","value":"s"},{"id":"custom.cellOptions","value":{"type":"color-text"}}]}]}}]})js");
    const auto data = run(document, *document.panel(1));

    ASSERT_EQ(data.frames.size(), 1U);
    const auto& fields = data.frames[0].fields;
    EXPECT_EQ(fields.front().name, "name");
    EXPECT_EQ(fields.back().name, "Running");
    EXPECT_EQ(fields.back().config.unit, "s");
    EXPECT_EQ(fields.back().config.custom["cellOptions"]["type"].text(), "color-text");
}

TEST(PanelData, AFailedQueryLeavesTheOthers)
{
    const auto document = parsed(R"js({"panels":[{"id":1,"type":"timeseries","targets":[{"refId":"A","expr":"broken"},{"refId":"B","expr":"good","legendFormat":"{{instance}}"}]}]})js");
    const auto data = run(document, *document.panel(1));

    EXPECT_FALSE(data.failed);
    ASSERT_EQ(data.problems.size(), 1U);
    ASSERT_EQ(data.frames.size(), 3U);
    EXPECT_EQ(data.frames[0].fields[1].name, "host1:9100");
}

}
