/*
 * Two processes on one CPU that hand a byte back and forth: each hop is one wakeup and one context switch, and nothing
 * else. Prints what a hop costs in CPU time of both, not in wall time, so that a busy machine does not count as cost.
 *
 * usage: scalelab-ping-pong CPU WARM_UP_HOPS HOPS
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct use {
	uint64_t cpu_ns;
	uint64_t switches;
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "scalelab-ping-pong: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t nanoseconds(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

static struct use use_so_far(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		fail("getrusage");
	return (struct use){
		.cpu_ns = nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime),
		.switches = (uint64_t)(usage.ru_nvcsw + usage.ru_nivcsw),
	};
}

static void hand_over(int out)
{
	if (write(out, "x", 1) != 1)
		fail("write");
}

static void take(int in)
{
	char byte;

	if (read(in, &byte, 1) != 1)
		fail("read");
}

static void play(int in, int out, unsigned long round_trips, int serves)
{
	for (unsigned long trip = 0; trip < round_trips; trip++) {
		if (serves)
			hand_over(out);
		take(in);
		if (!serves)
			hand_over(out);
	}
}

/* What this side used between the end of the warm-up and the end. */
static struct use play_and_measure(int in, int out, const unsigned long round_trips[2], int serves)
{
	play(in, out, round_trips[0], serves);

	struct use before = use_so_far();

	play(in, out, round_trips[1], serves);

	struct use after = use_so_far();

	return (struct use){ after.cpu_ns - before.cpu_ns, after.switches - before.switches };
}

int main(int count, char *words[])
{
	int there[2], back[2], results[2];
	cpu_set_t cpus;

	if (count != 4) {
		fputs("usage: scalelab-ping-pong CPU WARM_UP_HOPS HOPS\n", stderr);
		return 2;
	}

	const unsigned long round_trips[2] = { strtoul(words[2], NULL, 10) / 2, strtoul(words[3], NULL, 10) / 2 };

	CPU_ZERO(&cpus);
	CPU_SET(atoi(words[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0)
		fail("pinning");
	/*
	 * Otherwise a wakeup may preempt the waker before it sleeps, and then the answer finds it awake: a hop without a wakeup.
	 * Threads of this class do not preempt each other.
	 */
	if (sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 }) != 0)
		fail("choosing the scheduling class");
	if (pipe(there) != 0 || pipe(back) != 0 || pipe(results) != 0)
		fail("pipe");

	pid_t other = fork();

	if (other < 0)
		fail("fork");
	if (other == 0) {
		struct use use = play_and_measure(there[0], back[1], round_trips, 0);

		if (write(results[1], &use, sizeof(use)) != sizeof(use))
			fail("write");
		return 0;
	}

	struct use own = play_and_measure(back[0], there[1], round_trips, 1);
	struct use others;

	if (read(results[0], &others, sizeof(others)) != sizeof(others) || waitpid(other, NULL, 0) != other)
		fail("the other side");
	printf("{\"hops\":%lu,\"cpuNs\":%" PRIu64 ",\"switches\":%" PRIu64 "}\n", 2 * round_trips[1],
	       own.cpu_ns + others.cpu_ns, own.switches + others.switches);
	return 0;
}
