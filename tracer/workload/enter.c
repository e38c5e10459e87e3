/*
 * A replica of the application: the process that the harness started, and no other beside it, so that what its cgroup holds is the
 * replica alone.
 */
#include "enter.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cgroup.h"

/* Takes a number from the front of a list. */
static bool take_cpu(const char **at, unsigned int *cpu)
{
	const char *start = *at;

	for (*cpu = 0; **at >= '0' && **at <= '9'; (*at)++) {
		*cpu = *cpu * 10 + (unsigned int)(**at - '0');
		if (*cpu >= CPU_SETSIZE)
			return false;
	}
	return *at != start;
}

/* `0` or `1-3,5`, as the kernel writes it. */
static bool parse_cpus(const char *at, cpu_set_t *cpus)
{
	CPU_ZERO(cpus);
	for (;; at++) {
		unsigned int first;
		unsigned int last;

		if (!take_cpu(&at, &first))
			return false;
		last = first;
		if (*at == '-') {
			at++;
			if (!take_cpu(&at, &last) || last < first)
				return false;
		}
		for (unsigned int cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, cpus);
		if (*at != ',')
			return *at == '\0';
	}
}

static int bind_to(const char *list)
{
	cpu_set_t cpus;

	if (!parse_cpus(list, &cpus)) {
		fprintf(stderr, "scalelab-workload: %s is no list of CPUs\n", list);
		return 2;
	}
	if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0) {
		fprintf(stderr, "scalelab-workload: cannot run on the CPUs %s: %s\n", list, strerror(errno));
		return 3;
	}
	return 0;
}

int enter(const struct options *options)
{
	pid_t parent = getppid();
	int refused = enter_cgroups(options);

	if (refused == 0 && options->cpus)
		refused = bind_to(options->cpus);
	if (refused != 0)
		return refused;
	/* Not cleared by the exec of an ordinary program. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
		fprintf(stderr, "scalelab-workload: asking for a signal when the parent dies: %s\n", strerror(errno));
		return 1;
	}
	/* It may have died before we asked. */
	if (getppid() != parent)
		return 1;
	execvp(options->command[0], options->command);
	fprintf(stderr, "scalelab-workload: cannot run %s: %s\n", options->command[0], strerror(errno));
	return 127;
}
