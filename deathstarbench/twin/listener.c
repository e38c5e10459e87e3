#include "listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp.h"

bool listener_bind(struct listener *listener, uint16_t port, bool is_shared)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int on = 1;

	*listener = (struct listener){ .is_shared = is_shared };
	listener->file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->file < 0)
		return false;
	/* So that connections of the one before do not keep the port. */
	setsockopt(listener->file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (is_shared)
		setsockopt(listener->file, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	/* What is accepted has it, too. */
	set_congestion_control(listener->file);
	if (bind(listener->file, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    getsockname(listener->file, (struct sockaddr *)&address, &length) != 0)
		return false;
	listener->port = ntohs(address.sin_port);
	return true;
}

bool listener_listen(struct listener *listener)
{
	/* The system has a limit of its own, usually 4096. */
	return listen(listener->file, 65535) == 0;
}

bool listener_is_open(const struct listener *listener)
{
	return listener->file >= 0 || listener->waiting_count > 0;
}

static int accept_next(struct listener *listener)
{
	int file;

	/* A connection that ended while it waited is nobody's loss. */
	do
		file = accept4(listener->file, NULL, NULL, SOCK_CLOEXEC);
	while (file < 0 && (errno == EINTR || errno == ECONNABORTED));
	return file;
}

int listener_next(struct listener *listener)
{
	int file;

	if (listener->waiting_count == 0 && listener->file < 0) {
		errno = EAGAIN;
		return -1;
	}
	if (listener->waiting_count == 0)
		return accept_next(listener);
	file = listener->waiting[0];
	listener->waiting_count--;
	memmove(listener->waiting, listener->waiting + 1, listener->waiting_count * sizeof(*listener->waiting));
	return file;
}

void listener_leave(struct listener *listener)
{
	int file;

	/* To close the socket resets those that wait in it, however few threads there are for them. */
	while ((file = accept_next(listener)) >= 0) {
		int *waiting = realloc(listener->waiting, (listener->waiting_count + 1) * sizeof(*waiting));

		if (!waiting) {
			close(file);
			continue;
		}
		listener->waiting = waiting;
		listener->waiting[listener->waiting_count++] = file;
	}
	close(listener->file);
	listener->file = -1;
}
