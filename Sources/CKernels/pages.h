// Memory straight from the system, in whole pages that can grow without a copy, which Swift's Glibc has no call for.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <linux/mman.h>
// Hidden by sys/mman.h unless GNU's extensions are asked for, which Swift's Glibc does not do.
extern void *mremap(void *, size_t, size_t, int, ...);
#endif

// Has the system take memory for some pages only as each of them is touched: where it gives 2 MB for every touch, nearly
// all of what is never needed would be taken.
static inline void dockhand_prefer_small_pages(void *pages, size_t bytes) {
#ifdef MADV_NOHUGEPAGE
    (void)madvise(pages, bytes, MADV_NOHUGEPAGE);
#else
    (void)pages, (void)bytes;
#endif
}

// Pages that are all zero and soon touched everywhere, NULL when there are none to be had: of 2 MB each where the system has
// such pages, and `bytes` are a multiple of that.
static inline void *dockhand_zero_pages(size_t bytes) {
    const size_t large = 2 << 20;
    if (bytes % large != 0) {
        void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return pages == MAP_FAILED ? NULL : pages;
    }
    char *pages = mmap(NULL, bytes + large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    // A large page starts at a multiple of its size.
    const size_t before = (large - (uintptr_t)pages % large) % large;
    if (before > 0) munmap(pages, before);
    munmap(pages + before + bytes, large - before);
#ifdef MADV_HUGEPAGE
    (void)madvise(pages + before, bytes, MADV_HUGEPAGE);
#endif
    return pages + before;
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
    void *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return NULL;
    memcpy(copy, pages, old_bytes);
    munmap(pages, old_bytes);
    return copy;
#endif
}

// Has the cache line of an address brought in, if there is one; any address will do.
static inline void dockhand_prefetch(const void *address) { __builtin_prefetch(address); }
