#pragma once

namespace belvedere {

/// Makes the allocator give back what is freed instead of keeping it for later. Work here comes in waves (a push, a
/// scan over a gigabyte) on many threads; by default each thread keeps the peak of its own. Call once, before threads
/// start.
void keepLittleFreeMemory();

}
