/* Connections to the replicas of one service that is called, shared by all threads of a replica. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* One that nobody uses is in the list of its pool, between one that is unused for longer and one for less long. */
struct connection {
	struct connection *longer;
	struct connection *shorter;
	int file;
	uint64_t replica;
	int64_t opened_ns;
	int64_t unused_since_ns;
};

/* What tells one replica from another that has its port now. */
struct pool_replica {
	uint64_t identity;
	uint16_t port;
};

struct pool {
	const struct pool_limits *limits;
	/* Reads the registry anew, when a replica does not answer. */
	void (*refresh)(void *argument);
	void *argument;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct connection *longest_unused;
	struct connection *last_used;
	unsigned int unused;
	/* Unused ones included. */
	unsigned int open;
	/* Requests that wait for one. */
	atomic_uint waiting;
	struct pool_replica *replicas;
	size_t replica_count;
	size_t next_replica;
};

enum take_result { TAKE_DONE, TAKE_ALL_BUSY, TAKE_FAILED };

/* `first_replica`: where the turns of new connections begin. */
void pool_open(struct pool *pool, const struct pool_limits *limits, size_t first_replica,
	       void (*refresh)(void *argument), void *argument);

/* From now on these are there; what is unused and leads to another is closed. The pool frees the replicas. */
void pool_set_replicas(struct pool *pool, struct pool_replica *replicas, size_t count);

/* One that is unused, or a new one. Never waits for another request. */
enum take_result pool_try_take(struct pool *pool, struct connection **connection);

/* Waits until `deadline_ns` at the latest for one that is free. Never answers TAKE_ALL_BUSY. */
enum take_result pool_take(struct pool *pool, int64_t deadline_ns, struct connection **connection);

/* `can_be_used_again`: an answer was read to its end, and more may be asked on it. */
void pool_give_back(struct pool *pool, struct connection *connection, bool can_be_used_again);

unsigned int pool_busy(struct pool *pool);
