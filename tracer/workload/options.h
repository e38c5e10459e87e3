/* The command line. */
#pragma once

#include <stdbool.h>

#define MOST_CGROUPS 16

enum mode { MODE_CANARY, MODE_SPIN, MODE_SLEEPER, MODE_EXEC, MODE_ENTER };

struct options {
	enum mode mode;
	const char *cgroup_procs[MOST_CGROUPS];
	unsigned int cgroup_count;
	unsigned int threads;
	unsigned int rate_per_second;
	unsigned int work_micros;
	unsigned int sleep_micros;
	/* Of `enter`: the CPUs that it is bound to, or NULL. */
	const char *cpus;
	/* Of `exec` and `enter`: the program with its arguments, ended by NULL. */
	char *const *command;
};

extern const char usage[];

/* False if the command line is not exactly what `usage` says. */
bool parse_options(int count, char *const words[], struct options *options);
