/*
 * The least that a hop can be: it waits for a request, asks the next one if there is one, answers. Messages have the bytes of those of
 * the twin, and nothing is in them. What it uses is the kernel's price of the hop.
 *
 * usage: scalelab-twin-bare-hop http|raw NEXT_PORT REPLY_BYTES
 *
 * NEXT_PORT 0 is nobody. Prints its port; a line on standard input asks for `{"cpuMicros":N}`, its end ends it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_BYTES 40
#define MOST_BYTES 65536

static uint16_t next_port;
static size_t reply_bytes;
static bool is_http;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "scalelab-twin-bare-hop: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void prepare(int file)
{
	int on = 1;

	/* As the twin. */
	setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(file, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

static int call(int file, char *bytes)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(next_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	size_t received = 0;

	if (file < 0) {
		file = socket(AF_INET, SOCK_STREAM, 0);
		prepare(file);
		if (file < 0 || connect(file, (struct sockaddr *)&address, sizeof(address)) != 0)
			fail("connect");
	}
	if (send(file, bytes, REQUEST_BYTES, MSG_NOSIGNAL) != REQUEST_BYTES)
		fail("send");
	while (received < reply_bytes) {
		ssize_t length = recv(file, bytes, MOST_BYTES, 0);

		if (length <= 0)
			fail("recv");
		received += (size_t)length;
	}
	return file;
}

static void *serve(void *argument)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %5zu\r\n"
				   "Connection: keep-alive\r\n\r\n";
	int file = (int)(intptr_t)argument;
	char *bytes = calloc(2, MOST_BYTES);
	int next = -1;
	size_t length = reply_bytes;

	/* A request comes as one piece: the generator sends small ones, one after the other. */
	while (bytes && recv(file, bytes, MOST_BYTES, 0) > 0) {
		if (next_port != 0)
			next = call(next, bytes);
		if (is_http)
			length = (size_t)sprintf(bytes, head, reply_bytes) + reply_bytes;
		if (send(file, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
			break;
	}
	close(file);
	if (next >= 0)
		close(next);
	free(bytes);
	return NULL;
}

static void *accept_all(void *argument)
{
	int listener = (int)(intptr_t)argument;

	for (;;) {
		int file = accept(listener, NULL, NULL);
		pthread_t thread;

		if (file < 0)
			fail("accept");
		prepare(file);
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)file) != 0)
			fail("thread");
		pthread_detach(thread);
	}
}

static int open_listener(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0)
		fail("listen");
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

int main(int count, char *words[])
{
	char line[64];
	pthread_t thread;

	if (count != 4)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	is_http = strcmp(words[1], "http") == 0;
	next_port = (uint16_t)strtoul(words[2], NULL, 10);
	reply_bytes = strtoul(words[3], NULL, 10);
	if (reply_bytes == 0 || reply_bytes > MOST_BYTES)
		return 2;
	if (pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)open_listener()) != 0)
		fail("thread");
	while (fgets(line, sizeof(line), stdin)) {
		printf("{\"cpuMicros\":%.1f}\n", (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000);
		fflush(stdout);
	}
	return 0;
}
