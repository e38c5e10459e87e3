#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "connect.h"

/* How often a new connection may find that its replica has left meanwhile. */
#define MOST_ATTEMPTS 8
/* A replica whose backlog is full does not answer at all. */
#define LONGEST_CONNECT_NS (10 * SECOND_NS)

void pool_open(struct pool *pool, const struct pool_limits *limits, size_t first_replica,
	       void (*refresh)(void *argument), void *argument)
{
	pthread_condattr_t monotonic;

	*pool = (struct pool){
		.limits = limits,
		.refresh = refresh,
		.argument = argument,
		.next_replica = first_replica,
	};
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->freed, &monotonic);
}

static void take_out(struct pool *pool, struct connection *connection)
{
	*(connection->longer ? &connection->longer->shorter : &pool->longest_unused) = connection->shorter;
	*(connection->shorter ? &connection->shorter->longer : &pool->last_used) = connection->longer;
	pool->unused--;
}

static void put_in(struct pool *pool, struct connection *connection)
{
	connection->longer = pool->last_used;
	connection->shorter = NULL;
	*(pool->last_used ? &pool->last_used->shorter : &pool->longest_unused) = connection;
	pool->last_used = connection;
	pool->unused++;
}

/* To be closed once the lock is free: closing takes its time. */
static void discard(struct pool *pool, struct connection *connection, struct connection **discarded)
{
	connection->shorter = *discarded;
	*discarded = connection;
	pool->open--;
	pthread_cond_signal(&pool->freed);
}

static void close_all(struct connection *discarded)
{
	while (discarded) {
		struct connection *next = discarded->shorter;

		close(discarded->file);
		free(discarded);
		discarded = next;
	}
}

static bool has_replica(const struct pool *pool, uint64_t identity)
{
	for (size_t index = 0; index < pool->replica_count; index++) {
		if (pool->replicas[index].identity == identity)
			return true;
	}
	return false;
}

static bool is_too_old(const struct pool *pool, const struct connection *connection, int64_t now)
{
	return pool->limits->age_ns >= 0 && now - connection->opened_ns > pool->limits->age_ns;
}

static bool is_unused_for_too_long(const struct pool *pool, const struct connection *connection, int64_t now)
{
	return pool->limits->idle_ns >= 0 && now - connection->unused_since_ns > pool->limits->idle_ns;
}

static void discard_unused(struct pool *pool, int64_t now, struct connection **discarded)
{
	while (pool->longest_unused && is_unused_for_too_long(pool, pool->longest_unused, now)) {
		struct connection *connection = pool->longest_unused;

		take_out(pool, connection);
		discard(pool, connection, discarded);
	}
}

void pool_set_replicas(struct pool *pool, struct pool_replica *replicas, size_t count)
{
	struct connection *discarded = NULL;
	struct pool_replica *old;

	pthread_mutex_lock(&pool->lock);
	old = pool->replicas;
	pool->replicas = replicas;
	pool->replica_count = count;
	for (struct connection *connection = pool->longest_unused; connection;) {
		struct connection *next = connection->shorter;

		if (!has_replica(pool, connection->replica)) {
			take_out(pool, connection);
			discard(pool, connection, &discarded);
		}
		connection = next;
	}
	pthread_mutex_unlock(&pool->lock);
	free(old);
	close_all(discarded);
}

/*
 * A pool whose connections age takes them in turn, as the client pools of the original's services; one whose connections do not takes
 * the one that was used last, as nginx does, so that what a burst left behind falls out of use.
 */
static struct connection *take_unused(struct pool *pool, int64_t now, struct connection **discarded)
{
	struct connection *connection;

	discard_unused(pool, now, discarded);
	while ((connection = pool->limits->age_ns >= 0 ? pool->longest_unused : pool->last_used)) {
		take_out(pool, connection);
		if (!is_too_old(pool, connection, now))
			return connection;
		discard(pool, connection, discarded);
	}
	return NULL;
}

/* A replica that is about to end closes it, or says so: then there is something to read. */
static bool is_silent(const struct connection *connection)
{
	char byte;

	return recv(connection->file, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static bool next_replica(struct pool *pool, struct pool_replica *replica)
{
	bool is_there;

	pthread_mutex_lock(&pool->lock);
	is_there = pool->replica_count > 0;
	if (is_there)
		*replica = pool->replicas[pool->next_replica++ % pool->replica_count];
	pthread_mutex_unlock(&pool->lock);
	return is_there;
}

static bool has_left(struct pool *pool, uint64_t identity)
{
	bool is_there;

	pool->refresh(pool->argument);
	pthread_mutex_lock(&pool->lock);
	is_there = has_replica(pool, identity);
	pthread_mutex_unlock(&pool->lock);
	return !is_there;
}

static bool open_connection(struct pool *pool, struct connection *connection)
{
	int64_t longest_ns = pool->limits->wait_ns < LONGEST_CONNECT_NS ? pool->limits->wait_ns : LONGEST_CONNECT_NS;
	struct pool_replica replica;

	for (int attempt = 0; attempt < MOST_ATTEMPTS && next_replica(pool, &replica); attempt++) {
		connection->file = connect_to_replica(replica.port, longest_ns);
		if (connection->file >= 0) {
			connection->replica = replica.identity;
			connection->opened_ns = now_ns();
			return true;
		}
		/* One that was scaled in is no error; one that died is, until the harness has noticed. */
		if (!has_left(pool, replica.identity))
			return false;
	}
	return false;
}

/* There is room for it already. */
static enum take_result take_new(struct pool *pool, struct connection **taken)
{
	*taken = calloc(1, sizeof(**taken));
	if (*taken && open_connection(pool, *taken))
		return TAKE_DONE;
	free(*taken);
	*taken = NULL;
	pthread_mutex_lock(&pool->lock);
	pool->open--;
	pthread_cond_signal(&pool->freed);
	pthread_mutex_unlock(&pool->lock);
	return TAKE_FAILED;
}

/* With the lock held, which is free afterwards, unless all are busy. */
static enum take_result take_locked(struct pool *pool, struct connection **taken)
{
	for (;;) {
		struct connection *discarded = NULL;
		struct connection *connection = take_unused(pool, now_ns(), &discarded);
		bool can_open = !connection && pool->open < pool->limits->connections;

		if (can_open)
			pool->open++;
		if (!connection && !can_open)
			return TAKE_ALL_BUSY;
		pthread_mutex_unlock(&pool->lock);
		close_all(discarded);
		if (can_open)
			return take_new(pool, taken);
		if (is_silent(connection)) {
			*taken = connection;
			return TAKE_DONE;
		}
		discarded = NULL;
		pthread_mutex_lock(&pool->lock);
		discard(pool, connection, &discarded);
		pthread_mutex_unlock(&pool->lock);
		close_all(discarded);
		pthread_mutex_lock(&pool->lock);
	}
}

enum take_result pool_try_take(struct pool *pool, struct connection **connection)
{
	enum take_result result;

	pthread_mutex_lock(&pool->lock);
	result = take_locked(pool, connection);
	if (result == TAKE_ALL_BUSY)
		pthread_mutex_unlock(&pool->lock);
	return result;
}

enum take_result pool_take(struct pool *pool, int64_t deadline_ns, struct connection **connection)
{
	struct timespec deadline = { .tv_sec = deadline_ns / SECOND_NS, .tv_nsec = deadline_ns % SECOND_NS };

	bool is_over = false;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		enum take_result result = take_locked(pool, connection);

		if (result != TAKE_ALL_BUSY)
			return result;
		/* It looks once more after the end: a signal that came just then would otherwise be lost. */
		if (is_over)
			break;
		is_over = pthread_cond_timedwait(&pool->freed, &pool->lock, &deadline) == ETIMEDOUT;
	}
	pthread_mutex_unlock(&pool->lock);
	return TAKE_FAILED;
}

void pool_give_back(struct pool *pool, struct connection *connection, bool can_be_used_again)
{
	struct connection *discarded = NULL;
	int64_t now = now_ns();

	pthread_mutex_lock(&pool->lock);
	if (can_be_used_again && !is_too_old(pool, connection, now) && has_replica(pool, connection->replica)) {
		connection->unused_since_ns = now;
		put_in(pool, connection);
		pthread_cond_signal(&pool->freed);
	} else {
		discard(pool, connection, &discarded);
	}
	discard_unused(pool, now, &discarded);
	pthread_mutex_unlock(&pool->lock);
	close_all(discarded);
}

unsigned int pool_busy(struct pool *pool)
{
	unsigned int busy;

	pthread_mutex_lock(&pool->lock);
	busy = pool->open - pool->unused;
	pthread_mutex_unlock(&pool->lock);
	return busy;
}
