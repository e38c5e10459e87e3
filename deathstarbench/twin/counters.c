#include "counters.h"

#define STEP_NS 125
/* Where the last slot begins, in steps: 7.86 s. */
#define LAST_SLOT_STEPS (15ull << 22)

unsigned int latency_slot(uint64_t ns)
{
	uint64_t steps = ns / STEP_NS;
	unsigned int octave;

	if (steps >= LAST_SLOT_STEPS)
		return LATENCY_SLOTS - 1;
	if (steps < 8)
		return (unsigned int)steps;
	octave = 63 - (unsigned int)__builtin_clzll(steps);
	return 8 * (octave - 2) + ((steps >> (octave - 3)) & 7);
}

void count_arrival(struct counters *counters)
{
	atomic_fetch_add_explicit(&counters->in_flight, 1, memory_order_relaxed);
}

void count_answer(struct counters *counters, int64_t arrived_ns, int64_t answered_ns, bool is_error)
{
	int64_t took_ns = answered_ns - arrived_ns;
	int_least64_t none = 0;

	atomic_fetch_add_explicit(&counters->latency[latency_slot(took_ns > 0 ? (uint64_t)took_ns : 0)], 1,
				  memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->requests, 1, memory_order_relaxed);
	if (is_error)
		atomic_fetch_add_explicit(&counters->errors, 1, memory_order_relaxed);
	else if (atomic_load_explicit(&counters->first_served_ns, memory_order_relaxed) == 0)
		atomic_compare_exchange_strong(&counters->first_served_ns, &none, answered_ns);
	atomic_fetch_sub_explicit(&counters->in_flight, 1, memory_order_relaxed);
}

void count_refusal(struct counters *counters)
{
	atomic_fetch_add_explicit(&counters->requests, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->errors, 1, memory_order_relaxed);
}
