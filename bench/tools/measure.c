// Runs a command once, cold, and prints what the kernel says about it:
// measure OUT COMMAND...   writes "wall_s user_s system_s peak_MiB exit_code page_faults context_switches" to OUT
// Peak memory is ru_maxrss, as /usr/bin/time -v shows it; it includes pages of mapped files while they are mapped.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec * 1e-6; }

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "measure OUT COMMAND...\n");
        return 2;
    }
    double start = now();
    pid_t child;
    int error = posix_spawnp(&child, argv[2], NULL, NULL, argv + 2, environ);
    int status = 127 << 8;
    struct rusage use = {0};
    if (error)
        fprintf(stderr, "%s cannot be started\n", argv[2]);
    else if (wait4(child, &status, 0, &use) < 0)
        return 1;
    double wall = now() - start;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *out = fopen(argv[1], "w");
    if (!out)
        return 1;
    fprintf(out, "%.6f %.6f %.6f %.1f %d %ld %ld\n", wall, seconds(use.ru_utime), seconds(use.ru_stime), use.ru_maxrss / 1024.0, code,
            use.ru_minflt + use.ru_majflt, use.ru_nvcsw + use.ru_nivcsw);
    fclose(out);
    return code;
}
