#pragma once

#include "core/base/json.h"
#include "core/dashboard/transformations/frames.h"

namespace belvedere::dashboard {

// One function for each transformation, named as in documents where C++ allows it. `options` are Grafana's, with variables
// replaced; what they lack or misstate counts as left out.

// Choosing and naming columns.
void organize(Frames& frames, const Json& options);
void filterFieldsByName(Frames& frames, const Json& options);
void renameByRegex(Frames& frames, const Json& options);
void convertFieldType(Frames& frames, const Json& options);
void calculateField(Frames& frames, const Json& options);

// Choosing and ordering rows.
void sortBy(Frames& frames, const Json& options);
void limitRows(Frames& frames, const Json& options);
void filterByRefId(Frames& frames, const Json& options);
void filterByValue(Frames& frames, const Json& options);

// Making one frame of several, or several of one.
/// All series under each other: time, metric, value; newest first.
void seriesToRows(Frames& frames, const Json& options);
/// Tables with columns in common become one: rows that agree in all of those are joined.
void merge(Frames& frames, const Json& options);
void joinByField(Frames& frames, const Json& options);
void labelsToFields(Frames& frames, const Json& options);
void partitionByValues(Frames& frames, const Json& options);

// Several rows become one value.
void reduceFields(Frames& frames, const Json& options);
void groupBy(Frames& frames, const Json& options);

}
