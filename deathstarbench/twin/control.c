#include "control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "twin.h"

/* 192 slots of at most 26 characters, and the rest. */
#define MOST_ANSWER 8192
/* Whoever finds no place waits; beyond these the system refuses. */
#define BACKLOG 64

bool control_open(struct control *control, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	control->path = path;
	for (unsigned int index = 0; index < MOST_CONTROL_CLIENTS; index++)
		control->clients[index].file = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, path, strlen(path));
	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return false;
	/* What a replica of this name left behind when it was killed. */
	unlink(path);
	return bind(control->listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       listen(control->listener, BACKLOG) == 0;
}

void control_close(struct control *control)
{
	unlink(control->path);
}

void control_wait_for(const struct control *control, struct pollfd files[CONTROL_FILES])
{
	bool has_room = false;

	for (unsigned int index = 0; index < MOST_CONTROL_CLIENTS; index++) {
		/* poll leaves a negative one out. */
		files[1 + index] = (struct pollfd){ .fd = control->clients[index].file, .events = POLLIN };
		has_room = has_room || control->clients[index].file < 0;
	}
	files[0] = (struct pollfd){ .fd = has_room ? control->listener : -1, .events = POLLIN };
}

static size_t append_latency(const struct counters *counters, char *text, size_t size)
{
	size_t used = 0;

	for (unsigned int slot = 0; slot < LATENCY_SLOTS; slot++) {
		uint64_t count = atomic_load_explicit(&counters->latency[slot], memory_order_relaxed);

		if (count > 0)
			used += (size_t)snprintf(text + used, size - used, "%s[%u,%" PRIu64 "]", used == 0 ? "" : ",", slot,
						 count);
	}
	return used;
}

/* Nanoseconds as seconds, exactly. */
#define SECONDS "%" PRId64 ".%09" PRId64
#define SECONDS_OF(ns) (int64_t)((ns) / SECOND_NS), (int64_t)((ns) % SECOND_NS)

static size_t format_counters(struct twin *twin, char text[MOST_ANSWER])
{
	struct counters *counters = &twin->counters;
	int64_t first_ns = atomic_load(&counters->first_served_ns);
	int64_t now = now_ns();
	int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	unsigned int waiting = 0;
	unsigned int busy = 0;
	char first[48] = "null";
	size_t used;

	for (unsigned int index = 0; index < twin->model.service_count; index++) {
		busy += pool_busy(&twin->pools[index]);
		waiting += atomic_load_explicit(&twin->pools[index].waiting, memory_order_relaxed);
	}
	if (first_ns > 0)
		snprintf(first, sizeof(first), SECONDS, SECONDS_OF(first_ns));
	used = (size_t)snprintf(text, MOST_ANSWER,
				"{\"monotonicSeconds\":" SECONDS ",\"requests\":%" PRIu64 ",\"errors\":%" PRIu64
				",\"inFlight\":%u,\"openConnections\":%u,\"busyConnections\":%u,\"queuedForConnection\":%u"
				",\"cpuSeconds\":" SECONDS ",\"firstServedMonotonicSeconds\":%s,\"spansDropped\":%" PRIu64
				",\"latencySlots\":[",
				SECONDS_OF(now), atomic_load(&counters->requests), atomic_load(&counters->errors),
				atomic_load(&counters->in_flight), atomic_load(&twin->server.peer_count), busy, waiting,
				SECONDS_OF(cpu_ns), first, atomic_load(&twin->spans.dropped));
	used += append_latency(counters, text + used, MOST_ANSWER - used);
	used += (size_t)snprintf(text + used, MOST_ANSWER - used, "]}\n");
	return used;
}

static bool answer_line(struct control_client *client, struct twin *twin)
{
	static const char unknown[] = "{\"error\":\"the only command is `counters`\"}\n";
	char text[MOST_ANSWER];
	size_t length = sizeof(unknown) - 1;
	const char *answer = unknown;

	if (strcmp(client->line, "counters") == 0) {
		length = format_counters(twin, text);
		answer = text;
	}
	/* Whoever does not read its answers is not waited for. */
	return send(client->file, answer, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

/* False if it is gone, or talks nonsense. */
static bool serve_client(struct control_client *client, struct twin *twin)
{
	ssize_t length = recv(client->file, client->line + client->used, sizeof(client->line) - client->used, MSG_DONTWAIT);
	char *newline;

	if (length < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
	if (length == 0)
		return false;
	client->used += (size_t)length;
	while ((newline = memchr(client->line, '\n', client->used))) {
		size_t bytes = (size_t)(newline - client->line) + 1;

		*newline = '\0';
		if (!answer_line(client, twin))
			return false;
		client->used -= bytes;
		memmove(client->line, client->line + bytes, client->used);
	}
	return client->used < sizeof(client->line);
}

static void accept_client(struct control *control)
{
	int file = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (unsigned int index = 0; file >= 0 && index < MOST_CONTROL_CLIENTS; index++) {
		if (control->clients[index].file < 0) {
			control->clients[index] = (struct control_client){ .file = file };
			return;
		}
	}
	if (file >= 0)
		close(file);
}

void control_serve(struct control *control, const struct pollfd files[CONTROL_FILES], struct twin *twin)
{
	for (unsigned int index = 0; index < MOST_CONTROL_CLIENTS; index++) {
		struct control_client *client = &control->clients[index];

		if (client->file >= 0 && files[1 + index].revents && !serve_client(client, twin)) {
			close(client->file);
			client->file = -1;
		}
	}
	if (files[0].revents)
		accept_client(control);
}
