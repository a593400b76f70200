#pragma once

#include "core/base/json.h"
#include "core/dashboard/migration/notes.h"

namespace belvedere::dashboard {

// Older panels in today's terms. Each function takes the panel as it was saved and leaves what it does not know in place: it
// is written again, and it may mean something to the program that made it.

void migrateGraph(Json& panel, Notes& notes);
void migrateSinglestat(Json& panel, Notes& notes);
void migrateTable(Json& panel, Notes& notes);
/// stat, gauge and bargauge kept unit, thresholds and calcs in options.fieldOptions until version 7.
void migrateFieldOptions(Json& panel, Notes& notes);
void migrateText(Json& panel, Notes& notes);

/// Rows of spans (twelfths) and pixels become a grid of 24 columns and cells of 38 pixels.
void rowsToGrid(Json& root, Notes& notes);

}
