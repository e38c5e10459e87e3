/* What the BPF programs write and user space reads. Plain C types, the same size on both sides. */
#pragma once

#include "slots.h"

/* Why a thread waited. */
enum cause {
	CAUSE_CONTENTION = 0,
	CAUSE_THROTTLED = 1,
	CAUSE_COUNT = 2,
};

/* When a thread became runnable, and why it will wait. 0 ns: it does not wait. */
struct stamp {
	unsigned long long runnable_ns;
	unsigned int cause;
};

/*
 * The waits of one group of threads that ended on one CPU. The number of waits is not stored: it is the sum of the
 * slots, so that a snapshot taken in the middle of an update cannot contradict itself.
 */
struct waits {
	unsigned long long sum_ns[CAUSE_COUNT];
	/* Modulo 2^32: the slots of contention, then those of throttling. */
	unsigned int slots[CAUSE_COUNT * SLOT_COUNT];
};

/* What one CPU saw and lost. */
struct counters {
	unsigned long long switches;
	unsigned long long wakeups;
	/* Switch-ins of threads that have no stamp: they were queued when the tracer attached. */
	unsigned long long unknown;
	/* Waits that ended before they began, because the clocks of two CPUs differ. */
	unsigned long long negative;
	/* Stamps that could not be stored. */
	unsigned long long lost_storage;
	/* Waits of groups for which the table has no room. */
	unsigned long long lost_groups;
};
