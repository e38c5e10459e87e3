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
/* A barrier would have to know beforehand how many threads the system allows. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static unsigned int arrived;
static bool is_open;

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

static void pass_gate(void)
{
	pthread_mutex_lock(&gate);
	arrived++;
	pthread_cond_broadcast(&gate_changed);
	while (!is_open)
		pthread_cond_wait(&gate_changed, &gate);
	pthread_mutex_unlock(&gate);
}

static void open_gate(unsigned int expected)
{
	pthread_mutex_lock(&gate);
	while (arrived < expected)
		pthread_cond_wait(&gate_changed, &gate);
	is_open = true;
	pthread_cond_broadcast(&gate_changed);
	pthread_mutex_unlock(&gate);
}

static void *run(void *argument)
{
	struct worker *worker = argument;

	thread_ids[worker - workers] = gettid();
	/* Otherwise timers may be 50 microseconds late, so that several can share a wake-up. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	pass_gate();
	switch (worker->options->mode) {
	case MODE_CANARY:
		run_canary(worker);
	case MODE_SLEEPER:
		run_sleeper(worker);
	case MODE_SPIN:
	case MODE_EXEC:
	case MODE_ENTER:
		break;
	}
	for (;;)
		burn_a_little();
}

const int *start_threads(struct options *options)
{
	unsigned int started = 0;
	int error = 0;

	workers = calloc(options->threads, sizeof(*workers));
	thread_ids = calloc(options->threads, sizeof(*thread_ids));
	if (!workers || !thread_ids)
		error = ENOMEM;
	while (!error && started < options->threads) {
		pthread_t thread;

		workers[started].options = options;
		error = pthread_create(&thread, NULL, run, &workers[started]);
		if (!error)
			started++;
	}
	/* Fewer spinners disturb less, and whoever asked is told; a canary without its thread is none. */
	if (error == EAGAIN && options->mode == MODE_SPIN)
		options->threads = started;
	else if (error) {
		errno = error;
		return NULL;
	}
	open_gate(started);
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
