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
        // Records behind one another, each with a byte for its kind and two for its length.
        Head head;
        JournalReader reader(index, head);
        for (std::size_t at = 0; at + 3 <= bytes.size();) {
            const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
            constexpr JournalKind kKinds[] = { JournalKind::definitions, JournalKind::packed, JournalKind::rows };
            const auto length = static_cast<std::size_t>(byte(1) | byte(2) << 8);
            (void)reader.record(kKinds[byte(0) % 3], bytes.substr(at + 3, length));
            at += 3 + length;
        }
        (void)reader.names();
        (void)head.visitNewest([](Handle, std::int64_t, double) {});
        break;
    }
    case 1: (void)decodeSeries(bytes, index); break;
    case 2: (void)decodeDirectory(bytes, 0, 0); break;
    default: (void)PartitionRecord::decode(0, bytes); break;
    }
    return 0;
}
