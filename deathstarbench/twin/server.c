#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
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

bool server_bind(struct server *server, uint16_t port, bool is_shared, unsigned int most_peers)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int on = 1;

	*server = (struct server){ .is_shared = is_shared, .most_peers = most_peers };
	pthread_mutex_init(&server->lock, NULL);
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->listener < 0)
		return false;
	/* So that connections of the one before do not keep the port. */
	setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (is_shared)
		setsockopt(server->listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	/* What is accepted has it, too. */
	set_congestion_control(server->listener);
	if (bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
		return false;
	server->port = ntohs(address.sin_port);
	return true;
}

bool server_listen(struct server *server)
{
	/* The system has a limit of its own, usually 4096. */
	return listen(server->listener, 65535) == 0;
}

bool server_has_room(struct server *server, int64_t now)
{
	return server->listener >= 0 && now >= server->retry_at_ns && atomic_load(&server->peer_count) < server->most_peers;
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

	if (!peer)
		return false;
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
		int file = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

		if (file < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		/* A connection that ended while it waited is nobody's loss. */
		if (file < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
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
	if (server->is_shared) {
		/* The kernel sends nobody here any more; who waited already is served. */
		server_accept(twin);
		close(server->listener);
		server->listener = -1;
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
