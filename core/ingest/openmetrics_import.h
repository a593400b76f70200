#pragma once

#include "core/base/result.h"
#include "core/model/metric_source.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <stop_token>
#include <string>

namespace belvedere::ingest {

/// What became of the samples of a file.
struct ImportSummary {
    std::size_t samples = 0;          ///< read, with a timestamp
    std::size_t series = 0;           ///< different ones
    std::size_t withoutTimestamp = 0; ///< read and left out: an import cannot know when they were
    model::AppendSummary stored;
    std::uint64_t bytes = 0;          ///< of the file as it lies there
};

struct ImportOptions {
    /// Samples held before they are sorted and handed over: 32 bytes each. A series file that fits gives the densest store.
    std::size_t samplesAtOnce = 4'000'000;
    /// Called now and then with how far it is.
    std::function<void(const ImportSummary& soFar)> progress = {};
};

/// Reads a file, or a stream that `name` names in messages, of OpenMetrics, or of Prometheus text with timestamps in milliseconds, plain or gzip, into `sink`.
///
/// Such files are written series by series, while the store keeps the samples of one target and time together: samples
/// are collected, sorted by target (labels job and instance) and time, and handed over in batches. Memory stays bounded
/// whatever the file's size. Fails with io, corrupt, parse (naming file and line), cancelled, or with the error of a
/// commit; what came before the failure is stored then, and importing the file again does no harm.
[[nodiscard]] Result<ImportSummary> importMetrics(std::istream& in, const std::string& name, model::MetricSink& sink, const ImportOptions& options = {}, std::stop_token stop = {});
[[nodiscard]] Result<ImportSummary> importMetrics(const std::filesystem::path& file, model::MetricSink& sink, const ImportOptions& options = {}, std::stop_token stop = {});

}
