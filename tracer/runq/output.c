#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* `,"name":number`, as most of a line is. */
static void append_field(struct text *text, const char *name, uint64_t number)
{
	append(text, ",\"");
	append(text, name);
	append(text, "\":");
	append_number(text, number);
}

/* `,"name":"number"`. */
static void append_long_field(struct text *text, const char *name, uint64_t number)
{
	append(text, ",\"");
	append(text, name);
	append(text, "\":\"");
	append_number(text, number);
	append(text, "\"");
}

static void append_text_field(struct text *text, const char *name, const char *value)
{
	append(text, ",\"");
	append(text, name);
	append(text, "\":");
	append_quoted(text, value);
}

void append_hello(struct text *text, const struct tracer *tracer, const struct options *options, bool kept_bpf)
{
	struct utsname names = { 0 };

	uname(&names);
	append(text, "{\"type\":\"hello\"");
	append_field(text, "version", LINES_VERSION);
	append_text_field(text, "kernel", names.release);
	append_field(text, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	append_field(text, "intervalMs", options->interval_ms);
	append_field(text, "groups", options->groups);
	append_text_field(text, "causeRule", tracer->form.has_throttled_field ? "throttled" : "throttle-count");
	append_text_field(text, "prevState", tracer->form.has_state_argument ? "argument" : "task");
	append_text_field(text, "capabilities", kept_bpf ? "bpf" : "none");
	append_field(text, "pid", (uint64_t)getpid());
	append(text, "}");
}

static const char *failure_code(enum start_failure failure)
{
	switch (failure) {
	case START_NO_BTF:
		return "no-btf";
	case START_NO_PERMISSION:
		return "no-permission";
	case START_VERIFIER:
		return "verifier";
	case START_KERNEL_TOO_OLD:
		return "kernel-too-old";
	case START_OTHER:
	case START_DONE:
		break;
	}
	return "other";
}

void append_error(struct text *text, enum start_failure failure, const char *message)
{
	append(text, "{\"type\":\"error\"");
	append_text_field(text, "code", failure_code(failure));
	append_text_field(text, "message", message);
	append(text, "}");
}

static void append_cause(struct text *text, const char *name, const struct waits *waits, enum cause cause)
{
	const unsigned int *slots = waits->slots + cause * SLOT_COUNT;
	/* Modulo 2^32, as the slots are. */
	uint32_t count = 0;
	const char *separator = "[";

	for (unsigned int slot = 0; slot < SLOT_COUNT; slot++)
		count += slots[slot];
	append(text, ",\"");
	append(text, name);
	append(text, "\":{\"count\":");
	append_number(text, count);
	append_long_field(text, "sumNs", waits->sum_ns[cause]);
	append(text, ",\"slots\":[");
	for (unsigned int slot = 0; slot < SLOT_COUNT; slot++) {
		if (slots[slot] == 0)
			continue;
		append(text, separator);
		append_number(text, slot);
		append(text, ",");
		append_number(text, slots[slot]);
		append(text, "]");
		separator = ",[";
	}
	append(text, "]}");
}

static int append_groups(struct text *text, const struct tracer *tracer)
{
	uint64_t group = 0;
	const uint64_t *last = NULL;
	int error;

	append(text, ",\"groups\":[");
	while ((error = next_group(tracer, last, &group)) == 0) {
		struct waits waits;

		error = read_group(tracer, group, &waits);
		if (error)
			return error;
		append(text, last ? ",{\"id\":\"" : "{\"id\":\"");
		append_number(text, group);
		append(text, "\"");
		append_cause(text, "contention", &waits, CAUSE_CONTENTION);
		append_cause(text, "throttled", &waits, CAUSE_THROTTLED);
		append(text, "}");
		last = &group;
	}
	append(text, "]");
	return error == ENOENT ? 0 : error;
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t micros(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_usec;
}

/* 0 if /proc does not tell. */
static uint64_t resident_bytes(void)
{
	char statm[128];
	unsigned long pages = 0;
	int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return 0;

	ssize_t length = read(file, statm, sizeof(statm) - 1);

	close(file);
	if (length <= 0)
		return 0;
	statm[length] = '\0';
	if (sscanf(statm, "%*u %lu", &pages) != 1)
		return 0;
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

int append_snapshot(struct text *text, const struct tracer *tracer, uint64_t sequence, const char *reason)
{
	struct counters counters;
	struct program_cost cost;
	struct rusage usage;

	append(text, "{\"type\":\"snapshot\"");
	append_field(text, "seq", sequence);
	append_text_field(text, "reason", reason);
	append_long_field(text, "monotonicNs", monotonic_ns());

	int error = append_groups(text, tracer);

	if (!error)
		error = read_counters(tracer, &counters);
	if (!error)
		error = read_cost(tracer, &cost);
	if (!error && getrusage(RUSAGE_SELF, &usage) != 0)
		error = errno;
	if (error)
		return error;
	append_field(text, "switches", counters.switches);
	append_field(text, "wakeups", counters.wakeups);
	append_field(text, "unknown", counters.unknown);
	append_field(text, "negative", counters.negative);
	append_field(text, "lostStorage", counters.lost_storage);
	append_field(text, "lostGroups", counters.lost_groups);
	append_field(text, "userMicros", micros(&usage.ru_utime));
	append_field(text, "systemMicros", micros(&usage.ru_stime));
	append_field(text, "residentBytes", resident_bytes());
	append_field(text, "kernelRuns", cost.runs);
	append_long_field(text, "kernelRunNs", cost.run_ns);
	append_field(text, "recursionMisses", cost.recursion_misses);
	append(text, "}");
	return 0;
}
