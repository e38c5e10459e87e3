/* Who asks, from the header `traceparent` of the W3C. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "http.h"

struct trace_context {
	/* Index of the request in the schedule, plus 1. */
	uint64_t request;
	uint32_t seed;
	bool is_sampled;
};

/* `00-<16 hex digits: request><16: seed>-<16>-<2: flags>`. False if it is anything else, or says nothing. */
bool parse_trace_parent(struct text header, struct trace_context *context);
