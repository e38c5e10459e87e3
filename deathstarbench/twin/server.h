/* Connections of those who ask: a thread for each, as the servers of the original have it. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct twin;

/* A connection of a caller. */
struct peer {
	struct peer *next;
	struct peer *previous;
	struct twin *twin;
	int file;
	/* Guards what follows, and writing to the file while it is not busy. */
	pthread_mutex_t lock;
	/* A request is being answered. */
	bool is_busy;
	/* The caller knows that this replica ends. */
	bool was_told;
};

struct server {
	/* -1 once nobody is accepted any more. */
	int listener;
	uint16_t port;
	/* Callers do not hear of it from the registry. */
	bool is_shared;
	/* No connection is accepted before: the system had no room for it. */
	int64_t retry_at_ns;
	atomic_bool is_draining;
	/* Guards the list. */
	pthread_mutex_t lock;
	struct peer *peers;
	atomic_uint peer_count;
	unsigned int most_peers;
};

/*
 * Takes a port of 127.0.0.1; nobody can connect yet. Replicas of a front share one port, and the kernel spreads connections over those that
 * listen. False with errno.
 */
bool server_bind(struct server *server, uint16_t port, bool is_shared, unsigned int most_peers);

/* From now on the system accepts connections. False with errno. */
bool server_listen(struct server *server);

/* Whether there is a thread for another connection. */
bool server_has_room(struct server *server, int64_t now);

/* Takes what connections there are, as far as there are threads. */
void server_accept(struct twin *twin);

/* Tells all callers that this replica ends. What was asked, or is asked before they hear it, is still answered. */
void server_drain(struct twin *twin);

/* Connections whose request is being answered. */
unsigned int server_busy(struct server *server);

/* Of a thread of a connection, right before and after it answers a request; `was_told` if the answer says that the replica ends. */
void peer_begins(struct peer *peer);
void peer_ends(struct peer *peer, bool was_told);

/* Sends a head and a body, or `body_bytes` of anything if `body` is NULL. False if the caller is gone. */
bool send_answer(int file, const void *head, size_t head_bytes, const char *body, size_t body_bytes);
