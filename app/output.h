#pragma once

#include "app/command_line.h"
#include "core/model/query_value.h"

#include <iosfwd>
#include <string>
#include <string_view>

namespace belvedere::app {

enum class Format : std::uint8_t { table, json, csv };

/// Fails for a name that is none of table, json, csv; "" is table.
[[nodiscard]] Result<Format> parseFormat(const std::string& name);

/// Writes a value: a table for people, Prometheus' or Loki's `data` as JSON, or one sample or line a row as CSV.
void print(std::ostream& out, const model::QueryValue& value, Format format);
/// Remarks and what was left out, one a line on standard error.
void printRemarks(const model::QueryValue& value);

/// An error of a query with the query under it and the place marked.
void printQueryError(const Error& error, std::string_view query);

}
