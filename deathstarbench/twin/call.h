/* Calling other services. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "model.h"

struct twin;

/* What an execution spent, in nanoseconds; its own CPU demand in microseconds. */
struct spent {
	int64_t connection_ns;
	int64_t downstream_ns;
	double demand_micros;
};

/*
 * Makes the calls of a step for a request, all at once, and waits for all answers. A call whose pool has no free connection waits for one
 * when no other of the step is under way any more: whoever waits holds nothing that others wait for. False if one of them failed.
 */
bool make_calls(struct twin *twin, const struct step *step, uint32_t step_seed, const struct request_frame *request,
		struct spent *spent);
