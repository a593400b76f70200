#include "app/commands.h"
#include "app/console_logger.h"

#include "core/alert/rule_file.h"
#include "core/base/format.h"
#include "core/dashboard/document.h"

#include <iostream>
#include <limits>

namespace belvedere::app {

namespace {

/// Faults go to standard output, one a line: they are what was asked for.
ExitStatus checkRules(const Arguments& arguments)
{
    ConsoleLogger logger;
    const auto features = parseFeatures(arguments.get("enable-feature"), logger);
    const auto language = arguments.has("logql") ? alert::Language::logql : alert::Language::promql;
    auto status = ExitStatus::fine;
    for (const auto& argument : arguments.positional()) {
        const auto file = nameOf(argument);
        const auto text = readAll(argument);
        if (!text) {
            std::cout << text.error().message << '\n';
            status = ExitStatus::failed;
            continue;
        }
        const auto groups = alert::parseRuleFile(*text, file, language, features);
        if (!groups) {
            for (const auto& fault : groups.error())
                std::cout << fault << '\n';
            status = ExitStatus::failed;
            continue;
        }
        std::size_t rules = 0;
        for (const auto& group : *groups)
            rules += group.rules.size();
        std::cerr << formatted("{}: {} in {}\n", file, counted(rules, "rule"), counted(groups->size(), "group"));
    }
    return status;
}

ExitStatus checkDashboards(const Arguments& arguments)
{
    auto status = ExitStatus::fine;
    for (const auto& argument : arguments.positional()) {
        const auto file = nameOf(argument);
        const auto text = readAll(argument);
        const auto document = text ? dashboard::Document::parse(*text).transform_error([&](const Error& error) { return withContext(error, file).error(); }) : std::unexpected(text.error());
        if (!document) {
            std::cout << document.error().message << '\n';
            status = ExitStatus::failed;
            continue;
        }
        for (const auto& finding : document->report()) {
            if (finding.kind == dashboard::Finding::Kind::changed)
                continue; // an older form was understood
            std::cout << file << (finding.panelId == 0 ? std::string(": ") : formatted(": panel {}: ", finding.panelId)) << finding.message << '\n';
            status = ExitStatus::failed;
        }
        std::cerr << formatted("{}: \"{}\", {}\n", file, document->title(), counted(document->panels().size(), "panel"));
    }
    return status;
}

/// Writes each document as it would be saved: one to standard output.
ExitStatus convertDashboards(const Arguments& arguments)
{
    const auto form = arguments.get("to");
    if (!form.empty() && form != "v1")
        return usageFailure({ ErrorCode::invalidArgument, formatted("cannot write the form '{}'; v1 is the classic one", form), std::nullopt });
    for (const auto& file : arguments.positional()) {
        const auto text = readAll(file);
        if (!text)
            return fail(text.error());
        const auto document = dashboard::Document::parse(*text);
        if (!document)
            return fail(withContext(document.error(), nameOf(file)).error());
        std::cout << (form.empty() ? document->write() : document->writeClassic());
    }
    return ExitStatus::fine;
}

}

Command rulesCheckCommand()
{
    return { .name = "rules check",
        .synopsis = "FILE...|-",
        .summary = "Checks rule files as Prometheus reads them; prints each fault with its place and exits 1.",
        .options = { { "logql", "", "the expressions are LogQL, as in rule files of Loki" }, featureOption() },
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = checkRules };
}

Command dashboardCheckCommand()
{
    return { .name = "dashboard check",
        .synopsis = "FILE...|-",
        .summary = "Reads Grafana dashboards; prints what could not be understood, one line each, and exits 1 if anything.",
        .options = {},
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = checkDashboards };
}

Command dashboardConvertCommand()
{
    return { .name = "dashboard convert",
        .synopsis = "FILE...|-",
        .summary = "Writes Grafana dashboards as they would be saved: as they came, or in the classic form.",
        .options = { { "to", "v1", "write the classic form of today" } },
        .minPositional = 1,
        .maxPositional = std::numeric_limits<std::size_t>::max(),
        .run = convertDashboards };
}

}
