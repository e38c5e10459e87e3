/* Instants in nanoseconds. */
#pragma once

#include <stdint.h>
#include <time.h>

#define SECOND_NS 1000000000ll
#define MS_NS 1000000ll

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static inline int64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
