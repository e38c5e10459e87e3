/* What sampled requests leave behind: a file of text, a line each, of a bounded size. README.md has the fields. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wake.h"

#define SPAN_BUFFER_BYTES (32u * 1024)
#define SPAN_FLUSH_NS 250000000ll
#define NO_FLUSH INT64_MAX

struct span {
	/* Index of the request in the schedule. */
	uint64_t request;
	uint32_t id;
	uint32_t parent;
	const char *operation;
	/* CLOCK_MONOTONIC. */
	int64_t start_ns;
	int64_t end_ns;
	int64_t cpu_ns;
	/* -1 if the kernel does not say. */
	int64_t wait_ns;
	int64_t connection_ns;
	int64_t downstream_ns;
	double demand_micros;
	bool is_error;
};

struct span_buffer {
	size_t used;
	unsigned int spans;
	char bytes[SPAN_BUFFER_BYTES];
};

struct span_file {
	struct wake *wake;
	int file;
	/* Guards the fields below; never held while writing. */
	pthread_mutex_t lock;
	/* Of the file once all buffers are written. */
	uint64_t size;
	uint64_t most_bytes;
	bool has_failed;
	int64_t flush_at_ns;
	/* One is filled while the other is written. */
	unsigned int filled;
	struct span_buffer buffers[2];
	/* Whoever writes has this one, taken before the other. */
	pthread_mutex_t writing;
	atomic_uint_least64_t dropped;
};

/* Goes on behind what a replica of this name has left there. False with errno. */
bool span_open(struct span_file *spans, struct wake *wake, const char *path, uint64_t most_bytes, const char *service,
	       const char *replica);

void span_append(struct span_file *spans, const struct span *span);

/* When to flush next, or NO_FLUSH. */
int64_t span_flush_at(struct span_file *spans);
void span_flush(struct span_file *spans);
