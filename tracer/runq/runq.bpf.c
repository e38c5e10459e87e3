/* The BPF programs: they call the rule (rule.h) and keep stamps and histograms. */
#include "kernel-types.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "layout.h"

/* Part of the kernel's own header, but not of the one for user space. */
#ifndef NULL
#define NULL ((void *)0)
#endif

/* Set by user space before loading, from the types of the running kernel (kernel-form.h). */
const volatile bool has_throttled_field = false;

/* A thread's stamp lives and dies with the thread, so a reused thread number inherits nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stamp);
} stamps SEC(".maps");

/* By the 64-bit id of the cgroup. Its size is set by user space before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 512);
	__type(key, __u64);
	__type(value, struct waits);
} histograms SEC(".maps");

/* What a new group starts with: a histogram does not fit on the stack of a BPF program. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct waits);
} zeros SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counts SEC(".maps");

static __always_inline struct stamp *stamp_of(struct task_struct *task, bool create)
{
	return bpf_task_storage_get(&stamps, task, NULL, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

static __always_inline unsigned int task_state(const struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return (unsigned int)((const struct task_struct___state *)task)->state;
}

static __always_inline bool is_group_throttled(const struct task_struct *task)
{
	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(task->se.cfs_rq->throttle_count))
		return false;

	struct cfs_rq *queue = task->se.cfs_rq;

	return queue && queue->throttle_count > 0;
}

/*
 * From 6.18 a thread takes itself off the queue when its group is throttled, and says so. Before, the whole group is
 * taken off with its threads in it.
 */
static __always_inline bool leaves_throttled(const struct task_struct *task)
{
	return has_throttled_field ? task->throttled : is_group_throttled(task);
}

/* From 6.18 a woken thread of a throttled group still runs until it returns to user space, and is throttled there. */
static __always_inline bool wakes_throttled(const struct task_struct *task)
{
	return has_throttled_field ? false : is_group_throttled(task);
}

/* The group of the cpu controller: right on cgroup v1 and v2, unlike the "current cgroup" helpers. 0: autogroup. */
static __always_inline __u64 group_of(const struct task_struct *task)
{
	struct cgroup *cgroup = task->sched_task_group->css.cgroup;

	return cgroup ? cgroup->kn->id : 0;
}

static __always_inline struct waits *waits_of(__u64 group)
{
	struct waits *waits = bpf_map_lookup_elem(&histograms, &group);

	if (waits)
		return waits;

	__u32 zero = 0;
	struct waits *empty = bpf_map_lookup_elem(&zeros, &zero);

	if (!empty)
		return NULL;
	/* Another CPU may have been first; then this fails, and the lookup finds what the other one made. */
	bpf_map_update_elem(&histograms, &group, empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&histograms, &group);
}

static __always_inline void add_wait(struct counters *counters, const struct task_struct *task, unsigned int cause,
				     __u64 ns)
{
	struct waits *waits = waits_of(group_of(task));

	if (!waits) {
		counters->lost_groups++;
		return;
	}
	cause &= 1;

	unsigned int cell = cause * SLOT_COUNT + slot_of(ns);

	/* Without this the compiler drops the bound, because it knows that it holds; the verifier does not know. */
	barrier_var(cell);
	if (cell >= CAUSE_COUNT * SLOT_COUNT)
		return;
	waits->slots[cell]++;
	waits->sum_ns[cause] += ns;
}

#include "rule.h"

static __always_inline struct counters *counters_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counts, &zero);
}

static __always_inline int trace_wakeup(struct task_struct *task)
{
	struct counters *counters = counters_here();

	if (counters)
		on_wakeup(counters, task, bpf_ktime_get_ns());
	return 0;
}

static __always_inline int trace_switch(bool preempt, struct task_struct *previous, struct task_struct *next,
					unsigned int previous_state)
{
	struct counters *counters = counters_here();

	if (counters)
		on_switch(counters, preempt, previous, next, previous_state, bpf_ktime_get_ns());
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task)
{
	return trace_wakeup(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *task)
{
	return trace_wakeup(task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *previous, struct task_struct *next,
	     unsigned int previous_state)
{
	return trace_switch(preempt, previous, next, previous_state);
}

/* Before 5.18 the state is not among the arguments. */
SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch_stateless, bool preempt, struct task_struct *previous, struct task_struct *next)
{
	return trace_switch(preempt, previous, next, task_state(previous));
}

char program_license[] SEC("license") = "Dual MIT/GPL";
