/*
 * The rule: what counts as run-queue wait. The BPF programs and the test of golden event sequences include this file, so
 * the code under test is the code in the kernel.
 *
 * Whoever includes it defines, before:
 *   struct task_struct                   with pid and on_cpu
 *   stamp_of(task, create)               the stamp of a thread; NULL if it has none, or if it could not be created
 *   task_state(task)                     0 while it is runnable
 *   leaves_throttled(task)               it is switched out because its group used up its quota
 *   wakes_throttled(task)                it is woken in a group that has used up its quota
 *   add_wait(counters, task, cause, ns)  into the histogram of the group that the thread is in now
 */
#pragma once

#include <stdbool.h>

#include "layout.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Every CPU has an idle thread, all are number 0, and none ever waits. */
static ALWAYS_INLINE bool is_idle(const struct task_struct *task)
{
	return task->pid == 0;
}

/* A thread was woken, or is new. */
static ALWAYS_INLINE void on_wakeup(struct counters *counters, struct task_struct *task, unsigned long long now_ns)
{
	counters->wakeups++;
	/* A thread that is on a CPU does not wait: it was woken before it had gone to sleep. */
	if (is_idle(task) || task->on_cpu)
		return;

	struct stamp *stamp = stamp_of(task, true);

	if (!stamp) {
		counters->lost_storage++;
		return;
	}
	/* Woken while it waits already, for example preempted on its way to sleep: the wait goes on. */
	if (stamp->runnable_ns != 0)
		return;
	stamp->runnable_ns = now_ns;
	stamp->cause = wakes_throttled(task) ? CAUSE_THROTTLED : CAUSE_CONTENTION;
}

/*
 * `preempt` covers a thread that was preempted between declaring itself asleep and going to sleep. The state is looked at
 * twice because a pending signal makes a thread runnable again after `state_argument` was taken.
 */
static ALWAYS_INLINE bool is_still_runnable(const struct task_struct *task, bool preempt, unsigned int state_argument)
{
	return preempt || state_argument == 0 || task_state(task) == 0;
}

static ALWAYS_INLINE void on_switch_out(struct counters *counters, struct task_struct *task, bool runnable,
					unsigned long long now_ns)
{
	/* A thread that goes to sleep needs no stamp, so none is created to say so. */
	struct stamp *stamp = stamp_of(task, runnable);

	if (!stamp) {
		if (runnable)
			counters->lost_storage++;
		return;
	}
	if (!runnable) {
		stamp->runnable_ns = 0;
		return;
	}
	stamp->runnable_ns = now_ns;
	/* Only here can it be told: a throttled thread no longer looks throttled when it is switched in. */
	stamp->cause = leaves_throttled(task) ? CAUSE_THROTTLED : CAUSE_CONTENTION;
}

static ALWAYS_INLINE void on_switch_in(struct counters *counters, struct task_struct *task, unsigned long long now_ns)
{
	struct stamp *stamp = stamp_of(task, false);

	if (!stamp || stamp->runnable_ns == 0) {
		counters->unknown++;
		return;
	}

	unsigned long long runnable_ns = stamp->runnable_ns;

	stamp->runnable_ns = 0;
	if (now_ns < runnable_ns)
		counters->negative++;
	else
		add_wait(counters, task, stamp->cause, now_ns - runnable_ns);
}

/* A CPU goes from one thread to another. */
static ALWAYS_INLINE void on_switch(struct counters *counters, bool preempt, struct task_struct *previous,
				    struct task_struct *next, unsigned int previous_state, unsigned long long now_ns)
{
	counters->switches++;
	if (!is_idle(previous))
		on_switch_out(counters, previous, is_still_runnable(previous, preempt, previous_state), now_ns);
	if (!is_idle(next))
		on_switch_in(counters, next, now_ns);
}
