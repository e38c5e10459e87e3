#include "pattern.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ull

struct worker {
	const struct options *options;
	atomic_ullong wakeups;
	atomic_ullong skipped;
};

static struct worker *workers;
static int *thread_ids;
static pthread_barrier_t all_run;

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static struct timespec time_of(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / SECOND_NS), .tv_nsec = (long)(ns % SECOND_NS) };
}

/* Uses the CPU, without calling the kernel. */
static void burn_a_little(void)
{
	for (volatile int round = 0; round < 500; round++)
		;
}

/* Uses so much CPU time of this thread, however long that takes. */
static void work(unsigned int micros)
{
	uint64_t end_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + micros * 1000ull;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end_ns)
		burn_a_little();
}

static _Noreturn void run_canary(struct worker *worker)
{
	uint64_t period_ns = SECOND_NS / worker->options->rate_per_second;
	uint64_t due_ns = clock_ns(CLOCK_MONOTONIC) + period_ns;

	for (;;) {
		struct timespec due = time_of(due_ns);

		/* No signal reaches this thread, so the sleep is not cut short. */
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		atomic_fetch_add_explicit(&worker->wakeups, 1, memory_order_relaxed);
		work(worker->options->work_micros);
		due_ns += period_ns;

		uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

		/* Making up for the missed ones in a burst would measure a wait that no sleeper ever has. */
		if (now_ns >= due_ns + period_ns) {
			uint64_t missed = (now_ns - due_ns) / period_ns;

			due_ns += missed * period_ns;
			atomic_fetch_add_explicit(&worker->skipped, missed, memory_order_relaxed);
		}
	}
}

static _Noreturn void run_sleeper(struct worker *worker)
{
	struct timespec pause = time_of(worker->options->sleep_micros * 1000ull);

	for (;;) {
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		atomic_fetch_add_explicit(&worker->wakeups, 1, memory_order_relaxed);
		work(worker->options->work_micros);
	}
}

static void *run(void *argument)
{
	struct worker *worker = argument;

	thread_ids[worker - workers] = gettid();
	/* Otherwise timers may be 50 microseconds late, so that several can share a wake-up. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	pthread_barrier_wait(&all_run);
	switch (worker->options->mode) {
	case MODE_CANARY:
		run_canary(worker);
	case MODE_SLEEPER:
		run_sleeper(worker);
	case MODE_SPIN:
	case MODE_EXEC:
		break;
	}
	for (;;)
		burn_a_little();
}

const int *start_threads(const struct options *options)
{
	int error = pthread_barrier_init(&all_run, NULL, options->threads + 1);

	workers = calloc(options->threads, sizeof(*workers));
	thread_ids = calloc(options->threads, sizeof(*thread_ids));
	if (!workers || !thread_ids)
		error = ENOMEM;
	for (unsigned int index = 0; !error && index < options->threads; index++) {
		pthread_t thread;

		workers[index].options = options;
		error = pthread_create(&thread, NULL, run, &workers[index]);
	}
	if (error) {
		errno = error;
		return NULL;
	}
	pthread_barrier_wait(&all_run);
	return thread_ids;
}

struct totals read_totals(const struct options *options)
{
	struct totals totals = { .cpu_micros = clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000 };

	for (unsigned int index = 0; index < options->threads; index++) {
		totals.wakeups += atomic_load_explicit(&workers[index].wakeups, memory_order_relaxed);
		totals.skipped += atomic_load_explicit(&workers[index].skipped, memory_order_relaxed);
	}
	return totals;
}
