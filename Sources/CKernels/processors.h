// The processors that a process may use: Swift's Glibc does not have the call.
#pragma once
#include <stdint.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

// How many processors the process may run on; at least one.
static inline int dockhand_processors(void) {
#ifdef __linux__
    uint64_t mask[128];
    const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word * 8 < bytes; word++) count += __builtin_popcountll(mask[word]);
    if (count > 0) return count;
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
