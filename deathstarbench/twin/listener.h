/* The port of a replica. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct listener {
	/* -1 once the port is left. */
	int file;
	uint16_t port;
	/* With other replicas, over which the kernel spreads connections: callers do not hear from the registry that one ends. */
	bool is_shared;
	/* Connections that had come by then, the first one first. */
	int *waiting;
	unsigned int waiting_count;
};

/* Takes a port of 127.0.0.1; nobody can connect yet. False with errno. */
bool listener_bind(struct listener *listener, uint16_t port, bool is_shared);

/* From now on the system accepts connections. False with errno. */
bool listener_listen(struct listener *listener);

/* Whether there may be a connection now or later. */
bool listener_is_open(const struct listener *listener);

/* The next connection; -1 with errno, EAGAIN if there is none. */
int listener_next(struct listener *listener);

/* Nobody can connect any more; who had connected already is still there to be taken. */
void listener_leave(struct listener *listener);
