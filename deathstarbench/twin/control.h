/* The control socket: a line `counters` is answered with the counters as a line of JSON. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define MOST_CONTROL_CLIENTS 4
/* The listener and all clients. */
#define CONTROL_FILES (1 + MOST_CONTROL_CLIENTS)

struct twin;

struct control_client {
	/* -1 if there is none. */
	int file;
	char line[32];
	size_t used;
};

struct control {
	int listener;
	const char *path;
	struct control_client clients[MOST_CONTROL_CLIENTS];
};

/* False with errno. */
bool control_open(struct control *control, const char *path);

/* What to wait for. */
void control_wait_for(const struct control *control, struct pollfd files[CONTROL_FILES]);
/* Does what can be done without waiting. */
void control_serve(struct control *control, const struct pollfd files[CONTROL_FILES], struct twin *twin);

void control_close(struct control *control);
