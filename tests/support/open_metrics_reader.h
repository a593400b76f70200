#pragma once

#include "core/model/labels.h"
#include "core/model/sample.h"

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace belvedere::test {

/// Reads OpenMetrics text with timestamps in seconds, plain or gzipped, in which the lines of a series stand together: the
/// recorded data sets. Not a checker; comments are skipped. False if the file cannot be read.
bool readOpenMetrics(const std::filesystem::path& file, const std::function<void(const model::Labels&, std::span<const model::Sample>)>& onSeries);

/// A file of the shared test data, or an empty path if the data are not there.
std::filesystem::path sharedFile(const std::string& name);

}
