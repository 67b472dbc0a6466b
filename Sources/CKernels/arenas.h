// The heaps that threads take memory from: Swift's Glibc does not have the call.
#pragma once
#ifdef __linux__
#include <malloc.h>
#endif

// Sets how many there may be; where there is no such thing, nothing.
static inline void dockhand_bound_arenas(int count) {
#ifdef M_ARENA_MAX
    (void)mallopt(M_ARENA_MAX, count);
#else
    (void)count;
#endif
}
