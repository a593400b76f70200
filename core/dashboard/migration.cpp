#include "core/dashboard/document.h"
#include "core/dashboard/migration/old_panels.h"
#include "core/dashboard/panel_data.h"

#include <string>

// Which panel needs which migration, and what is worth saying about the rest of a dashboard. A document is migrated once, when
// it is read; today's forms pass through unchanged.

namespace belvedere::dashboard {

namespace {

void migratePanel(Json& panel, Notes& notes)
{
    notes.setPanel(panel["id"].toInt());
    const auto type = panel["type"].toString();
    if (type == "graph")
        migrateGraph(panel, notes);
    else if (type == "singlestat" || type == "grafana-singlestat-panel")
        migrateSinglestat(panel, notes);
    else if (type == "table-old" || (type == "table" && (panel.has("styles") || panel.has("columns"))))
        migrateTable(panel, notes);
    else if (type == "text" && panel["content"].isString())
        migrateText(panel, notes);
    else if (panel["options"]["fieldOptions"].isObject())
        migrateFieldOptions(panel, notes);
    else if (panel.has("libraryPanel") && !isSupportedPanel(type))
        notes.add(Finding::Kind::unsupported, "library panel " + panel["libraryPanel"]["name"].toString() + " is not in the file");
    else if (!isSupportedPanel(type))
        notes.add(Finding::Kind::unsupported, "panel type " + type + " is shown as a placeholder");
    for (const auto& item : panel["transformations"].items()) {
        if (!isKnownTransformation(item["id"].text()) && !item["disabled"].toBool())
            notes.add(Finding::Kind::unsupported, "transformation " + item["id"].toString() + " is left out");
    }
    if (auto* inner = panel.find("panels"); inner && inner->isArray()) {
        for (auto& one : inner->mutableItems())
            migratePanel(one, notes);
    }
}

}

void migrate(Json& root, std::vector<Finding>& report)
{
    Notes notes(report);
    if (root["rows"].size() > 0 && root["panels"].size() == 0)
        rowsToGrid(root, notes);
    for (auto& one : root.at("panels").mutableItems())
        migratePanel(one, notes);
    notes.setPanel(0);
    for (const auto& variable : root["templating"]["list"].items()) {
        if (const auto type = variable["type"].text(); type == "adhoc" || type == "groupby" || type == "switch")
            notes.add(Finding::Kind::unsupported, "variable " + variable["name"].toString() + " of type " + std::string(type) + " has no effect");
    }
    for (const auto& annotation : root["annotations"]["list"].items()) {
        if (!annotation["builtIn"].toBool() && annotation["builtIn"].toInt() == 0 && annotation["enable"].toBool(true))
            notes.add(Finding::Kind::unsupported, "annotation query " + annotation["name"].toString() + " is not drawn");
    }
}

}
