#pragma once

#include "core/base/result.h"
#include "core/tsdb/store_state.h"

#include <cstdint>
#include <span>
#include <vector>

namespace belvedere::tsdb {

/// Starts of the partitions that retention by time or size wants to be deleted, oldest first. One that a selection reads
/// is left until later.
[[nodiscard]] std::vector<std::int64_t> expiredPartitions(const StoreState& state);

/// Deletes whole partitions. For the thread that changes the state, while no head is frozen.
[[nodiscard]] Result<void> deletePartitions(StoreState& state, std::span<const std::int64_t> starts);

}
