#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "arrival.h"
#include "clock.h"
#include "frame.h"
#include "framed-peer.h"
#include "http-peer.h"
#include "tcp.h"
#include "twin.h"

/* What a thread needs is far less; the pages of it that it never touches cost nothing. */
#define STACK_BYTES (128u * 1024)
#define RETRY_NS (50 * MS_NS)

bool server_open(struct server *server, uint16_t port, bool is_shared, unsigned int most_peers)
{
	*server = (struct server){ .most_peers = most_peers };
	pthread_mutex_init(&server->lock, NULL);
	server->closing = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return server->closing >= 0 && listener_bind(&server->listener, port, is_shared);
}

bool server_has_room(struct server *server, int64_t now)
{
	return listener_is_open(&server->listener) && now >= server->retry_at_ns &&
	       atomic_load(&server->peer_count) < server->most_peers;
}

static void add_peer(struct server *server, struct peer *peer)
{
	pthread_mutex_lock(&server->lock);
	peer->next = server->peers;
	if (server->peers)
		server->peers->previous = peer;
	server->peers = peer;
	atomic_fetch_add(&server->peer_count, 1);
	pthread_mutex_unlock(&server->lock);
}

static void remove_peer(struct server *server, struct peer *peer)
{
	unsigned int before;

	pthread_mutex_lock(&server->lock);
	*(peer->previous ? &peer->previous->next : &server->peers) = peer->next;
	if (peer->next)
		peer->next->previous = peer->previous;
	pthread_mutex_unlock(&server->lock);
	close(peer->file);
	before = atomic_fetch_sub(&server->peer_count, 1);
	/* The main thread waits for room, or for the last to go. */
	if (before == server->most_peers || atomic_load(&server->is_draining))
		wake_up(&peer->twin->wake);
	pthread_mutex_destroy(&peer->lock);
	free(peer);
}

static void *serve_peer(void *argument)
{
	struct peer *peer = argument;

	if (peer->twin->service->role == ROLE_FRONT)
		serve_http(peer);
	else
		serve_frames(peer);
	remove_peer(&peer->twin->server, peer);
	return NULL;
}

/* False if the system refuses a thread. */
static bool start_peer(struct twin *twin, int file)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	if (!peer) {
		close(file);
		return false;
	}
	set_no_delay(file);
	note_arrivals(file);
	peer->twin = twin;
	peer->file = file;
	pthread_mutex_init(&peer->lock, NULL);
	add_peer(&twin->server, peer);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, serve_peer, peer);
	pthread_attr_destroy(&attributes);
	if (error == 0)
		return true;
	remove_peer(&twin->server, peer);
	return false;
}

void server_accept(struct twin *twin)
{
	struct server *server = &twin->server;

	while (server_has_room(server, now_ns())) {
		int file = listener_next(&server->listener);

		if (file < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (file >= 0 && start_peer(twin, file))
			continue;
		server->retry_at_ns = now_ns() + RETRY_NS;
	}
}

/* With its lock held, while it is not busy. */
static void tell(struct peer *peer)
{
	static const struct reply_head leaving = { .kind = REPLY_LEAVING };
	uint8_t bytes[REPLY_HEAD_BYTES];

	if (peer->was_told || peer->twin->service->role == ROLE_FRONT)
		return;
	put_reply_head(&leaving, bytes);
	/* There is room: the last answer was taken, or the caller is gone. */
	peer->was_told = send(peer->file, bytes, sizeof(bytes), MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(bytes);
}

void server_drain(struct twin *twin)
{
	struct server *server = &twin->server;

	atomic_store(&server->is_draining, true);
	if (server->listener.is_shared) {
		listener_leave(&server->listener);
		server_accept(twin);
	}
	pthread_mutex_lock(&server->lock);
	for (struct peer *peer = server->peers; peer; peer = peer->next) {
		pthread_mutex_lock(&peer->lock);
		if (!peer->is_busy)
			tell(peer);
		pthread_mutex_unlock(&peer->lock);
	}
	pthread_mutex_unlock(&server->lock);
}

bool server_is_done(struct twin *twin)
{
	struct server *server = &twin->server;

	if (atomic_load(&server->peer_count) > 0)
		return false;
	/* Whoever connected at the last moment. */
	server_accept(twin);
	return atomic_load(&server->peer_count) == 0 && now_ns() >= server->retry_at_ns;
}

void server_close_idle(struct server *server)
{
	eventfd_write(server->closing, 1);
}

unsigned int server_busy(struct server *server)
{
	unsigned int busy = 0;

	pthread_mutex_lock(&server->lock);
	for (struct peer *peer = server->peers; peer; peer = peer->next) {
		pthread_mutex_lock(&peer->lock);
		busy += peer->is_busy;
		pthread_mutex_unlock(&peer->lock);
	}
	pthread_mutex_unlock(&server->lock);
	return busy;
}

bool peer_waits(struct peer *peer)
{
	struct pollfd files[] = {
		{ .fd = peer->file, .events = POLLIN },
		{ .fd = peer->twin->server.closing, .events = POLLIN },
	};

	while (poll(files, 2, -1) < 0) {
		if (errno != EINTR)
			return false;
	}
	return files[0].revents != 0;
}

void peer_begins(struct peer *peer)
{
	pthread_mutex_lock(&peer->lock);
	peer->is_busy = true;
	pthread_mutex_unlock(&peer->lock);
}

void peer_ends(struct peer *peer, bool was_told)
{
	pthread_mutex_lock(&peer->lock);
	peer->is_busy = false;
	peer->was_told = peer->was_told || was_told;
	if (atomic_load(&peer->twin->server.is_draining))
		tell(peer);
	pthread_mutex_unlock(&peer->lock);
}

bool send_answer(int file, const void *head, size_t head_bytes, const char *body, size_t body_bytes)
{
	/* Its pages are the one page of zeros that all processes share. */
	static char anything[64 * 1024];
	size_t sent = 0;

	while (sent < head_bytes + body_bytes) {
		struct iovec parts[2];
		struct msghdr message = { .msg_iov = parts };
		size_t body_sent = sent > head_bytes ? sent - head_bytes : 0;
		size_t body_left = body_bytes - body_sent;
		ssize_t count;

		if (sent < head_bytes)
			parts[message.msg_iovlen++] = (struct iovec){ (char *)(uintptr_t)head + sent, head_bytes - sent };
		if (!body && body_left > sizeof(anything))
			body_left = sizeof(anything);
		if (body_left > 0)
			parts[message.msg_iovlen++] =
				(struct iovec){ body ? (char *)(uintptr_t)body + body_sent : anything, body_left };
		count = sendmsg(file, &message, MSG_NOSIGNAL);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		sent += (size_t)count;
	}
	return true;
}
