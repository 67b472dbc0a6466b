// Valgrind 3.19 changes the signal mask that a program waits with, in place. libdispatch keeps it in read-only memory, so
// that counting would end in a crash. Preloaded, this waits with a copy.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    sigset_t copy = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &copy, _NSIG / 8);
}
