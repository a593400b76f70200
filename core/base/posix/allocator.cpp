#include "core/base/allocator.h"

#include <algorithm>
#include <thread>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace belvedere {

void keepLittleFreeMemory()
{
#if defined(__GLIBC__)
    // Fixed thresholds: by itself the library raises them to whatever was freed once. Buffers above the first go back
    // at once, which costs page faults and so is not for small ones; the second is what may stay free at the end of a
    // heap.
    constexpr int kBigBufferBytes = 2 << 20;
    constexpr int kSpareBytes = 8 << 20;
    mallopt(M_MMAP_THRESHOLD, kBigBufferBytes);
    mallopt(M_TRIM_THRESHOLD, kSpareBytes);
    mallopt(M_ARENA_MAX, static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 8U)));
#endif
}

}
