#include "core/tsdb/journal.h"
#include "core/tsdb/partition.h"
#include "core/tsdb/series_part.h"

#include <cstdint>

using namespace belvedere;
using namespace belvedere::tsdb;

// Any bytes as a journal record, a run of series, a directory or a partition record.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const Bytes bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    SeriesIndex index;
    switch (data[0] % 4) {
    case 0: {
        JournalDecoder decoder({
            .define = [&](const model::Labels& labels) { return index.intern(labels); },
            .resolve = [&](model::SeriesId id) -> Result<Handle> { return index.intern({ { "id", std::to_string(static_cast<std::uint64_t>(id)) } }); },
            .row = [](model::GroupId, std::int64_t, std::span<const Handle>, std::span<const double>) {},
            .timed = [](std::span<const HandleSample>) {},
        });
        (void)decoder.record(bytes);
        break;
    }
    case 1: (void)decodeSeries(bytes, index); break;
    case 2: (void)decodeDirectory(bytes, 0, 0); break;
    default: (void)PartitionRecord::decode(0, bytes); break;
    }
    return 0;
}
