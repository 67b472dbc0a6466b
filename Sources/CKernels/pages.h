// Memory straight from the system, in whole pages that can be moved without a copy, which Swift's Glibc has no call for.
#pragma once
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <linux/mman.h>
// Hidden by sys/mman.h unless GNU's extensions are asked for, which Swift's Glibc does not do.
extern void *mremap(void *, size_t, size_t, int, ...);
#endif

// Pages that are all zero and take no memory until they are touched; NULL when there are none to be had.
static inline void *dockhand_pages(size_t bytes) {
#ifdef MAP_NORESERVE
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static inline void dockhand_free_pages(void *pages, size_t bytes) {
    if (pages) munmap(pages, bytes);
}

// Moves pages into the place of others; zero when that failed and nothing has changed. What they leave is no memory any
// more, or has been given back to the system.
static inline int dockhand_move_pages(void *from, size_t bytes, void *to) {
#ifdef __linux__
    return mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
#else
    memcpy(to, from, bytes);
    return 1;
#endif
}

// Has the cache line of an address brought in, if there is one; any address will do.
static inline void dockhand_prefetch(const void *address) { __builtin_prefetch(address); }
