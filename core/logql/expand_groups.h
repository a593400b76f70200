#pragma once

#include <span>
#include <string>
#include <string_view>

#include <re2/re2.h>

namespace belvedere::logql {

/// Appends `text` with groups of a match in place of $1, ${1}, $name, ${name} and $$, as Go's Regexp.Expand: a group that
/// `re` does not have is empty, and what is no reference stays as it is.
void expandGroups(std::string& out, std::string_view text, const RE2& re, std::span<const re2::StringPiece> groups);

}
