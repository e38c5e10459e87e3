/* The threads and what they do. */
#pragma once

#include <stdint.h>

#include "options.h"

/* What all threads did so far. */
struct totals {
	/* Times that a canary or sleeper came back from its sleep. */
	uint64_t wakeups;
	/* Wake-ups that a canary left out because it was late by a whole period or more. */
	uint64_t skipped;
	/* CPU time of the process. */
	uint64_t cpu_micros;
};

/*
 * Starts the threads and waits until each of them runs. Returns their ids, or NULL with errno set. If the system refuses threads to a
 * spinner it goes on with those it has, and `threads` says how many.
 */
const int *start_threads(struct options *options);

struct totals read_totals(const struct options *options);
