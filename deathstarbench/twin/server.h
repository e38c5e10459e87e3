/* Connections of those who ask: a thread for each, as the servers of the original have it. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "listener.h"

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
	struct listener listener;
	/* To be read once connections on which nothing is asked are closed. */
	int closing;
	/* No connection is accepted before: the system had no room for it. */
	int64_t retry_at_ns;
	atomic_bool is_draining;
	/* Guards the list. */
	pthread_mutex_t lock;
	struct peer *peers;
	atomic_uint peer_count;
	unsigned int most_peers;
};

/* Nobody can connect yet. False with errno. */
bool server_open(struct server *server, uint16_t port, bool is_shared, unsigned int most_peers);

/* Whether there is a thread for another connection. */
bool server_has_room(struct server *server, int64_t now);

/* Takes what connections there are, as far as there are threads. */
void server_accept(struct twin *twin);

/* Tells all callers that this replica ends. What was asked, or is asked before they hear it, is still answered. */
void server_drain(struct twin *twin);

/* Whether all connections are closed and none is to come. */
bool server_is_done(struct twin *twin);

/* Closes those connections of a front that wait for a request, now and from now on. */
void server_close_idle(struct server *server);

/* Connections whose request is being answered. */
unsigned int server_busy(struct server *server);

/* Of a thread of a front's connection: false if it is to be closed instead of waiting for a request. */
bool peer_waits(struct peer *peer);

/* Of a thread of a connection, right before and after it answers a request; `was_told` if the answer says that the replica ends. */
void peer_begins(struct peer *peer);
void peer_ends(struct peer *peer, bool was_told);

/* Sends a head and a body, or `body_bytes` of anything if `body` is NULL. False if the caller is gone. */
bool send_answer(int file, const void *head, size_t head_bytes, const char *body, size_t body_bytes);
