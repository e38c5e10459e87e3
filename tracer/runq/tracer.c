#include "tracer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel-version.h"
#include "runq.skel.h"
#include "text.h"

/* What libbpf had to say, shown only if the start fails. The verifier's log may be long; what matters is its end. */
static struct text complaints;
#define COMPLAINTS_SHOWN 8192

static int keep_complaint(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char *line = NULL;

	if (level != LIBBPF_DEBUG && vasprintf(&line, format, arguments) >= 0)
		append(&complaints, line);
	free(line);
	return 0;
}

/* Error numbers do not tell a refusing verifier from missing rights: it uses EACCES too. Its log does. */
static bool has_verifier_log(void)
{
	return memmem(complaints.bytes, complaints.length, "LOAD LOG --", strlen("LOAD LOG --")) != NULL;
}

static enum start_failure failed(const char *what, int error, const char **message)
{
	size_t shown = complaints.length < COMPLAINTS_SHOWN ? complaints.length : COMPLAINTS_SHOWN;

	fwrite(complaints.bytes + complaints.length - shown, 1, shown, stderr);
	fprintf(stderr, "scalelab-runq: %s: %s\n", what, strerror(error));
	if (has_verifier_log()) {
		*message = "The kernel's verifier refused a tracing program.";
		return START_VERIFIER;
	}
	if (error == EPERM || error == EACCES) {
		*message = "The kernel does not let this process trace: that takes root, or CAP_BPF and CAP_PERFMON.";
		return START_NO_PERMISSION;
	}
	/* Task storage for tracing programs came with 5.11. */
	if (kernel_version() < version_number(5, 11)) {
		*message = "This kernel is too old for the tracer, which needs 5.11 or newer.";
		return START_KERNEL_TOO_OLD;
	}
	*message = "The tracing programs could not be loaded or attached; standard error has the details.";
	return START_OTHER;
}

struct attachment {
	struct bpf_program *program;
	struct bpf_link **link;
};

/*
 * sched_switch comes first. If wakeups were stamped before it, a thread that wakes, runs and sleeps in between would keep
 * its stamp, and its next wait would seem as long as its sleep.
 */
static int attach_in_order(struct runq_bpf *programs, bool has_state_argument)
{
	const struct attachment with_state = { programs->progs.sched_switch, &programs->links.sched_switch };
	const struct attachment stateless = { programs->progs.sched_switch_stateless,
					      &programs->links.sched_switch_stateless };
	const struct attachment order[] = {
		has_state_argument ? with_state : stateless,
		{ programs->progs.sched_wakeup, &programs->links.sched_wakeup },
		{ programs->progs.sched_wakeup_new, &programs->links.sched_wakeup_new },
	};

	for (size_t index = 0; index < sizeof(order) / sizeof(order[0]); index++) {
		struct bpf_link *link = bpf_program__attach(order[index].program);

		if (libbpf_get_error(link))
			return (int)-libbpf_get_error(link);
		*order[index].link = link;
	}
	return 0;
}

static int prepare(struct tracer *tracer, unsigned int groups)
{
	struct runq_bpf *programs = tracer->programs;

	programs->rodata->has_throttled_field = tracer->form.has_throttled_field;
	bpf_program__set_autoload(programs->progs.sched_switch, tracer->form.has_state_argument);
	bpf_program__set_autoload(programs->progs.sched_switch_stateless, !tracer->form.has_state_argument);
	tracer->cpus = libbpf_num_possible_cpus();
	if (tracer->cpus < 0)
		return -tracer->cpus;
	tracer->waits_by_cpu = calloc((size_t)tracer->cpus, sizeof(struct waits));
	tracer->counters_by_cpu = calloc((size_t)tracer->cpus, sizeof(struct counters));
	if (!tracer->waits_by_cpu || !tracer->counters_by_cpu)
		return ENOMEM;
	return -bpf_map__set_max_entries(programs->maps.histograms, groups);
}

enum start_failure start_tracer(struct tracer *tracer, unsigned int groups, const char **message)
{
	libbpf_set_print(keep_complaint);
	if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
		*message = "The kernel does not describe its types: it was built without BTF, or /sys is not mounted.";
		return START_NO_BTF;
	}

	struct btf *types = btf__load_vmlinux_btf();

	if (libbpf_get_error(types))
		return failed("reading the types of the kernel", (int)-libbpf_get_error(types), message);

	bool known = read_kernel_form(types, &tracer->form);

	btf__free(types);
	if (!known) {
		*message = "This kernel's sched_switch has a form that the tracer does not know.";
		return START_KERNEL_TOO_OLD;
	}

	/* libbpf raises RLIMIT_MEMLOCK by itself on kernels that still count BPF memory against it. */
	tracer->programs = runq_bpf__open();
	if (!tracer->programs)
		return failed("opening the programs", errno, message);

	int error = prepare(tracer, groups);

	if (error)
		return failed("preparing the programs", error, message);
	error = -runq_bpf__load(tracer->programs);
	if (error)
		return failed("loading the programs", error, message);
	error = attach_in_order(tracer->programs, tracer->form.has_state_argument);
	if (error)
		return failed("attaching the programs", error, message);
	return START_DONE;
}

int read_counters(const struct tracer *tracer, struct counters *total)
{
	uint32_t zero = 0;

	*total = (struct counters){ 0 };
	if (bpf_map_lookup_elem(bpf_map__fd(tracer->programs->maps.counts), &zero, tracer->counters_by_cpu) != 0)
		return errno;
	for (int cpu = 0; cpu < tracer->cpus; cpu++) {
		const struct counters *counters = &tracer->counters_by_cpu[cpu];

		total->switches += counters->switches;
		total->wakeups += counters->wakeups;
		total->unknown += counters->unknown;
		total->negative += counters->negative;
		total->lost_storage += counters->lost_storage;
		total->lost_groups += counters->lost_groups;
	}
	return 0;
}

int read_cost(const struct tracer *tracer, struct program_cost *total)
{
	struct bpf_program *program;

	*total = (struct program_cost){ 0 };
	bpf_object__for_each_program(program, tracer->programs->obj) {
		/* Zeros where an older kernel knows fewer fields. */
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);

		if (bpf_program__fd(program) < 0)
			continue;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0)
			return errno;
		total->runs += info.run_cnt;
		total->run_ns += info.run_time_ns;
		total->recursion_misses += info.recursion_misses;
	}
	return 0;
}

int next_group(const struct tracer *tracer, const uint64_t *last, uint64_t *group)
{
	int histograms = bpf_map__fd(tracer->programs->maps.histograms);

	return bpf_map_get_next_key(histograms, last, group) == 0 ? 0 : errno;
}

int read_group(const struct tracer *tracer, uint64_t group, struct waits *total)
{
	int histograms = bpf_map__fd(tracer->programs->maps.histograms);

	*total = (struct waits){ 0 };
	if (bpf_map_lookup_elem(histograms, &group, tracer->waits_by_cpu) != 0)
		return errno;
	for (int cpu = 0; cpu < tracer->cpus; cpu++) {
		const struct waits *waits = &tracer->waits_by_cpu[cpu];

		for (int cause = 0; cause < CAUSE_COUNT; cause++)
			total->sum_ns[cause] += waits->sum_ns[cause];
		for (int cell = 0; cell < CAUSE_COUNT * SLOT_COUNT; cell++)
			total->slots[cell] += waits->slots[cell];
	}
	return 0;
}
