/* Loading and attaching the programs, and reading what they counted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel-form.h"
#include "layout.h"

/* Why the tracer could not start. */
enum start_failure {
	START_DONE,
	START_NO_BTF,
	START_NO_PERMISSION,
	START_VERIFIER,
	START_KERNEL_TOO_OLD,
	START_OTHER,
};

struct tracer {
	struct runq_bpf *programs;
	struct kernel_form form;
	int cpus;
	/* What one read of a per-CPU map returns: one entry for each possible CPU. */
	struct waits *waits_by_cpu;
	struct counters *counters_by_cpu;
};

/* What the programs cost, as far as the kernel measured it (bpf_prog_info). */
struct program_cost {
	uint64_t runs;
	uint64_t run_ns;
	/* Runs that were skipped because the program was running on that CPU already: events that were missed. */
	uint64_t recursion_misses;
};

/*
 * Loads and attaches. On failure `message` is one sentence that says why; the details are on standard error.
 * `groups`: room for so many cgroups.
 */
enum start_failure start_tracer(struct tracer *tracer, unsigned int groups, const char **message);

/* Each of these returns 0, or an errno value. Everything is counted since the tracer attached, over all CPUs. */
int read_counters(const struct tracer *tracer, struct counters *total);
int read_cost(const struct tracer *tracer, struct program_cost *total);

/*
 * The next group that ever had a wait: pass NULL for the first, then the last one. ENOENT after the last group. Nothing is
 * ever removed from the table, so an iteration meets every group that was there when it began.
 */
int next_group(const struct tracer *tracer, const uint64_t *last, uint64_t *group);
int read_group(const struct tracer *tracer, uint64_t group, struct waits *total);
