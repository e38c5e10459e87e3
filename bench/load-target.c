/*
 * A tiny HTTP/1.1 server for measuring load generators: one thread, answers every request at once with the same 200. It prints its
 * port; at SIGTERM it writes when each request arrived (nanoseconds of CLOCK_MONOTONIC, 8 bytes each, in the order of the machine) to
 * the file that is its only argument.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_ARRIVALS (1u << 22)
#define MOST_CONNECTIONS 65536
#define LARGEST_REQUEST 8192

static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok";
static const char closing_reply[] =
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nok";

/* What has come on a connection and is not answered yet. */
struct connection {
	size_t length;
	char bytes[LARGEST_REQUEST + 1];
};

static struct connection *connections[MOST_CONNECTIONS];
static uint64_t arrivals[MOST_ARRIVALS];
static size_t arrival_count;
static volatile sig_atomic_t is_over;

static void end(int number)
{
	(void)number;
	is_over = 1;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void note_arrival(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (arrival_count < MOST_ARRIVALS)
		arrivals[arrival_count++] = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void drop(int socket)
{
	free(connections[socket]);
	connections[socket] = NULL;
	close(socket);
}

/* Bytes of the first request, 0 if it is not all there. */
static size_t request_length(struct connection *from)
{
	char *end_of_head, *field;
	size_t body = 0, head;

	from->bytes[from->length] = '\0';
	end_of_head = strstr(from->bytes, "\r\n\r\n");
	if (end_of_head == NULL)
		return 0;
	head = (size_t)(end_of_head - from->bytes) + 4;
	*end_of_head = '\0';
	field = strcasestr(from->bytes, "\r\ncontent-length:");
	if (field != NULL)
		body = strtoul(field + 17, NULL, 10);
	if (body > LARGEST_REQUEST - head)
		return LARGEST_REQUEST + 1;
	if (from->length < head + body) {
		*end_of_head = '\r';
		return 0;
	}
	return head + body;
}

/* False if the connection is over. */
static bool answer(int socket, struct connection *from)
{
	ssize_t got = read(socket, from->bytes + from->length, LARGEST_REQUEST - from->length);
	size_t length;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		return false;
	from->length += (size_t)got;
	while ((length = request_length(from)) > 0) {
		bool closes;

		if (length > LARGEST_REQUEST)
			return false;
		note_arrival();
		closes = strcasestr(from->bytes, "\r\nconnection: close") != NULL;
		/* A reply is far smaller than the buffer of a socket. */
		if (closes) {
			(void)!write(socket, closing_reply, sizeof(closing_reply) - 1);
			return false;
		}
		if (write(socket, reply, sizeof(reply) - 1) != (ssize_t)sizeof(reply) - 1)
			return false;
		from->length -= length;
		memmove(from->bytes, from->bytes + length, from->length);
	}
	return from->length < LARGEST_REQUEST;
}

static void accept_all(int listener, int queue)
{
	int socket, on = 1;

	while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct epoll_event wanted = { .events = EPOLLIN, .data.fd = socket };

		if (socket >= MOST_CONNECTIONS || (connections[socket] = malloc(sizeof(struct connection))) == NULL) {
			close(socket);
			continue;
		}
		connections[socket]->length = 0;
		setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		epoll_ctl(queue, EPOLL_CTL_ADD, socket, &wanted);
	}
}

static int listen_anywhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, 4096) < 0)
		die("listen");
	if (getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		die("getsockname");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

static void write_arrivals(const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(arrivals, sizeof(arrivals[0]), arrival_count, file) != arrival_count ||
	    fclose(file) != 0)
		die(path);
}

int main(int argc, char **argv)
{
	struct sigaction ending = { .sa_handler = end };
	struct epoll_event event = { .events = EPOLLIN };
	struct epoll_event events[256];
	int listener, queue;

	if (argc != 2) {
		fprintf(stderr, "usage: %s ARRIVALS\n", argv[0]);
		return 2;
	}
	/* Without SA_RESTART, so that waiting ends. */
	sigaction(SIGTERM, &ending, NULL);
	signal(SIGPIPE, SIG_IGN);
	listener = listen_anywhere();
	queue = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = listener;
	if (queue < 0 || epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event) < 0)
		die("epoll");
	while (!is_over) {
		/* The deadline is for a signal that comes between the look at the flag and the wait. */
		int count = epoll_wait(queue, events, 256, 1000);

		for (int i = 0; i < count; i++) {
			int socket = events[i].data.fd;

			if (socket == listener)
				accept_all(listener, queue);
			else if (!answer(socket, connections[socket]))
				drop(socket);
		}
	}
	write_arrivals(argv[1]);
	return 0;
}
