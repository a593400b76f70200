#include "core/tsdb/block.h"

#include <cstdint>
#include <vector>

using namespace belvedere::tsdb;

// Any bytes as a block: errors or values, within bounds of the input's size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Bytes bytes(reinterpret_cast<const char*>(data), size);
    BlockReader reader;
    if (!reader.open(bytes))
        return 0;
    ColumnDecoder decoder;
    std::vector<double> values;
    std::vector<std::int64_t> times;
    for (std::size_t c = 0; c < reader.columnCount() && c < 64; ++c) {
        const auto column = reader.column(c);
        if (column.empty() || !decoder.open(column, reader.times().size()))
            continue;
        values.resize(decoder.count());
        times.resize(decoder.count());
        (void)decoder.values(0, decoder.count(), values.data());
        decoder.times(reader.times(), 0, decoder.count(), times.data());
        const auto from = decoder.rank(reader.times().size() / 2);
        (void)decoder.values(from, decoder.count(), values.data());
    }
    return 0;
}
