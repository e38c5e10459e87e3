/* A new connection to a replica. */
#pragma once

#include <stdint.h>

/* To a port of 127.0.0.1, within so many nanoseconds. -1 with errno. */
int connect_to_replica(uint16_t port, int64_t longest_ns);
