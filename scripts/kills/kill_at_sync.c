/* Loaded before the C library (LD_PRELOAD): kills the process at a call of fsync or fdatasync, and remembers what a power
 * cut would leave of the ledger.
 *
 * KILL_AT_SYNC=N     the call that it happens at, from 1
 * KILL_WHEN=before   the data are not on the disk yet; after: they are, and nobody has been told
 * KEEP_SYNCED=DIR    the ledger's files, as they were when each was synced last, are kept there under their names
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long calls;

static void fail(const char *what) {
    perror(what);
    _exit(99);
}

/* Reads through the given descriptor: opening the file once more, and closing it, would drop SQLite's locks. */
static void copy(int descriptor, const char *place) {
    char block[65536], new_place[PATH_MAX + 8];
    snprintf(new_place, sizeof new_place, "%s.new", place);
    int out = open(new_place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) fail(new_place);
    off_t at = 0;
    ssize_t count;
    while ((count = pread(descriptor, block, sizeof block, at)) > 0) {
        if (write(out, block, (size_t)count) != count) fail(new_place);
        at += count;
    }
    if (count < 0 || close(out) != 0 || rename(new_place, place) != 0) fail(place);
}

static void keep(int descriptor) {
    const char *folder = getenv("KEEP_SYNCED");
    char link[64], path[PATH_MAX], place[PATH_MAX];
    if (!folder) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) fail(link);
    path[length] = 0;
    const char *name = strrchr(path, '/');
    if (!name || strncmp(name, "/ledger.sqlite", 14) != 0) return;
    if (snprintf(place, sizeof place, "%s%s", folder, name) >= (int)sizeof place) fail(folder);
    copy(descriptor, place);
}

static int synced(const char *name, int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *at = getenv("KILL_AT_SYNC"), *when = getenv("KILL_WHEN");
    int is_now = at && atomic_fetch_add(&calls, 1) + 1 == atol(at);
    int is_after = when && strcmp(when, "after") == 0;
    if (is_now && !is_after) raise(SIGKILL);
    int result = real(descriptor);
    if (result == 0) keep(descriptor);
    if (is_now && is_after) raise(SIGKILL);
    return result;
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
