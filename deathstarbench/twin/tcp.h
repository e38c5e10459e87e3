/* How our connections on the loopback behave. A system that does not know an option goes without it. */
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* An answer is sent when it is there. */
static inline void set_no_delay(int file)
{
	int on = 1;

	setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Some systems use BBR by default, whose timers hold back what an idle loopback could take at once. */
static inline void set_congestion_control(int file)
{
	static const char name[] = "reno";

	setsockopt(file, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name));
}
