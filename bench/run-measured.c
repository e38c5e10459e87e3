/*
 * Runs a program and writes what it took to a file: microseconds of CPU time, its own and the kernel's for it, and the most kibibytes
 * that it held at once.
 *
 * usage: scalelab-run-measured FILE PROGRAM [ARGUMENT ...]
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "scalelab-run-measured: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t microseconds(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	FILE *file;
	int status;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: %s FILE PROGRAM [ARGUMENT ...]\n", argv[0]);
		return 2;
	}
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		execvp(argv[2], argv + 2);
		fail(argv[2]);
	}
	if (wait4(child, &status, 0, &usage) < 0)
		fail("wait4");
	file = fopen(argv[1], "w");
	if (file == NULL ||
	    fprintf(file, "%" PRId64 " %ld\n", microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
		    usage.ru_maxrss) < 0 ||
	    fclose(file) != 0)
		fail(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
