/* Memory that the model says a replica holds, really held: every page of it was written. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wake.h"

struct held;

struct memory {
	pthread_mutex_t lock;
	struct wake *wake;
	/* Of one request; 0 if it needs none. */
	size_t request_bytes;
	/*
	 * What requests gave back. To fault in fresh pages for each request would cost more than the hop itself, so it is kept for the
	 * next one, and what nobody needed for TRIM_NS goes back to the system.
	 */
	struct held *spare;
	unsigned int spare_count;
	/* The fewest spares since the last trim: nobody needed these. */
	unsigned int least_spare;
	int64_t trim_at_ns;
	/* What stays for ever: of the newest chunk, the part that was not given out yet, and its part without pages. */
	uint64_t kept_bytes_per_request;
	char *chunk;
	size_t chunk_used;
	size_t chunk_touched;
};

#define TRIM_NS 1000000000ll
#define NO_TRIM INT64_MAX

/* Holds `base_bytes` from now on. False with errno if the system refuses. */
bool memory_open(struct memory *memory, struct wake *wake, uint64_t base_bytes, uint64_t request_bytes,
		 uint64_t kept_bytes);

/* For one request; NULL with `is_refused` if the system has none, NULL without it if none is needed. */
struct held *memory_take(struct memory *memory, bool *is_refused);
void memory_give_back(struct memory *memory, struct held *held);

/* Holds what one request leaves behind. False if the system refuses. */
bool memory_keep(struct memory *memory);

/* When to trim next, or NO_TRIM. */
int64_t memory_trim_at(struct memory *memory);
void memory_trim(struct memory *memory, int64_t now);
