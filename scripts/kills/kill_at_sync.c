/* Loaded before the C library (LD_PRELOAD): kills the process at a call of fsync or fdatasync.
 *
 * KILL_AT_SYNC=N   the call that it happens at, from 1
 * KILL_WHEN=before the data may or may not be on the disk; after: they are, and nobody has been told
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long calls;

static int synced(const char *name, int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *at = getenv("KILL_AT_SYNC"), *when = getenv("KILL_WHEN");
    int is_now = at && atomic_fetch_add(&calls, 1) + 1 == atol(at);
    int is_after = when && strcmp(when, "after") == 0;
    if (is_now && !is_after) raise(SIGKILL);
    int result = real(descriptor);
    if (is_now && is_after) raise(SIGKILL);
    return result;
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
