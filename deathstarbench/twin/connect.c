#include "connect.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "clock.h"
#include "tcp.h"

int connect_to_replica(uint16_t port, int64_t longest_ns)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval longest = {
		.tv_sec = longest_ns / SECOND_NS,
		.tv_usec = longest_ns % SECOND_NS / 1000 + 1,
	};
	struct timeval unlimited = { 0 };
	int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (file < 0)
		return -1;
	/* Also limits how long a connect may take. */
	setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest));
	set_no_delay(file);
	set_congestion_control(file);
	if (connect(file, (struct sockaddr *)&address, sizeof(address)) == 0) {
		setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &unlimited, sizeof(unlimited));
		return file;
	}
	close(file);
	return -1;
}
