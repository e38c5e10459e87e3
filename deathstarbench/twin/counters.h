/* What a replica has done since its start. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* As in `harness/telemetry/wait-slots.ts`: 8 linear steps per octave of 125 ns. */
#define LATENCY_SLOTS 192

struct counters {
	atomic_uint_least64_t requests;
	atomic_uint_least64_t errors;
	atomic_uint in_flight;
	/* CLOCK_MONOTONIC; 0 if nothing was answered yet. */
	atomic_int_least64_t first_served_ns;
	atomic_uint_least64_t latency[LATENCY_SLOTS];
};

unsigned int latency_slot(uint64_t ns);

void count_arrival(struct counters *counters);
void count_answer(struct counters *counters, int64_t arrived_ns, int64_t answered_ns, bool is_error);

/* Of a request that is none of the application: an error, and no latency. */
void count_refusal(struct counters *counters);
