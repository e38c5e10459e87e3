/* The lines of standard output: one JSON object each. Nanosecond sums and ids are strings, because they may pass 2^53. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "text.h"
#include "tracer.h"

/* Version of the lines. It changes when a reader of the one before would misread them. */
#define LINES_VERSION 1

void append_hello(struct text *text, const struct tracer *tracer, const struct options *options, bool kept_bpf);
void append_error(struct text *text, enum start_failure failure, const char *message);

/* `reason` is `interval`, `asked` or `end`. Returns 0, or an errno value if the counters could not be read. */
int append_snapshot(struct text *text, const struct tracer *tracer, uint64_t sequence, const char *reason);
