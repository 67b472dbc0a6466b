// Memory straight from the system, in whole pages that can grow without a copy, which Swift's Glibc has no call for.
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
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
#ifdef MADV_NOHUGEPAGE
    // Where the system gives 2 MB for every touch, nearly all of it would be taken at once.
    (void)madvise(pages, bytes, MADV_NOHUGEPAGE);
#endif
    return pages;
}

static inline void dockhand_free_pages(void *pages, size_t bytes) {
    if (pages) munmap(pages, bytes);
}

// Has pages followed by more that are all zero, wherever there is room for them; NULL when there is none, and then the old
// ones are as they were.
static inline void *dockhand_grow_pages(void *pages, size_t old_bytes, size_t bytes) {
#ifdef __linux__
    void *moved = mremap(pages, old_bytes, bytes, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
#else
    void *copy = dockhand_pages(bytes);
    if (copy) {
        memcpy(copy, pages, old_bytes);
        munmap(pages, old_bytes);
    }
    return copy;
#endif
}

// Has the cache line of an address brought in, if there is one; any address will do.
static inline void dockhand_prefetch(const void *address) { __builtin_prefetch(address); }
