/* One execution of an operation: what its caller asked for, and what it took. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "model.h"

struct twin;

/* What the thread of a connection knows. */
struct worker {
	/* Of this thread: CPU time, run-queue wait, number of times it ran. -1 until the first sampled request, -2 if the kernel has none. */
	int schedstat;
	/* Its CPU time when the demand of its last execution was met: what it uses since then counts towards the next. */
	int64_t accounted_ns;
	/* When its last execution was over; 0 before the first. */
	int64_t answered_ns;
	/* When the request that it answers had come. */
	int64_t arrived_ns;
};

void worker_open(struct worker *worker);
void worker_close(struct worker *worker);

/* What the thread used so far counts towards no demand: it was for something else. */
void worker_write_off(struct worker *worker);

/*
 * Does what the operation asks for, counts it, and leaves a span if it is sampled. False if it failed. All of that is over when it returns,
 * so that whoever has the answer finds it counted.
 */
bool answer_request(struct twin *twin, struct worker *worker, const struct operation *operation,
		    const struct request_frame *request);
