// The heaps that threads take memory from: Swift's Glibc does not have the call.
#pragma once
#ifdef __linux__
#include <malloc.h>
#endif

// Sets how many there may be, and how they ask the system for memory; where there is no such thing, nothing.
static inline void dockhand_set_arenas(int count) {
#ifdef M_ARENA_MAX
    (void)mallopt(M_ARENA_MAX, count);
    // The memory of blocks is used again and again. Mapped and unmapped each time, it would be zeroed by the system, page
    // by page, and all threads would wait for that.
    (void)mallopt(M_MMAP_THRESHOLD, 4 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 16 << 20);
    (void)mallopt(M_TOP_PAD, 1 << 20);
#else
    (void)count;
#endif
}
