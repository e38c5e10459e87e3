/*
 * Runs the rule of tracer/runq/rule.h, the code that runs in the kernel, over events from standard input, and prints the
 * waits that it finds. One event a line, with its instant in nanoseconds:
 *   wakeup THREAD AT THROTTLED | new THREAD AT THROTTLED | exit THREAD
 *   switch PREVIOUS NEXT AT PREEMPT STATE_ARGUMENT STATE THROTTLED     the last four are of PREVIOUS
 *   slot NS                                                            prints the slot of a wait
 *   end                                                                prints the counters and forgets everything
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

#define MOST_THREADS 64

struct task_struct {
	int pid;
	int on_cpu;
	unsigned int state;
	bool throttled;
	/* Task storage: it goes when the thread goes. */
	bool has_stamp;
	struct stamp stamp;
};

static struct task_struct threads[MOST_THREADS];

static struct stamp *stamp_of(struct task_struct *task, bool create)
{
	if (!task->has_stamp && !create)
		return NULL;
	if (!task->has_stamp)
		task->stamp = (struct stamp){ 0 };
	task->has_stamp = true;
	return &task->stamp;
}

static unsigned int task_state(const struct task_struct *task)
{
	return task->state;
}

static bool leaves_throttled(const struct task_struct *task)
{
	return task->throttled;
}

static bool wakes_throttled(const struct task_struct *task)
{
	return task->throttled;
}

static void add_wait(struct counters *counters, const struct task_struct *task, unsigned int cause, uint64_t ns)
{
	(void)counters;
	printf("wait %d %" PRIu64 " %s\n", task->pid, ns, cause == CAUSE_THROTTLED ? "throttled" : "contention");
}

#include "rule.h"

static struct task_struct *thread(int pid)
{
	if (pid < 0 || pid >= MOST_THREADS) {
		fprintf(stderr, "thread %d is out of range\n", pid);
		exit(1);
	}
	threads[pid].pid = pid;
	return &threads[pid];
}

static void replay_wakeup(struct counters *counters, int pid, uint64_t at_ns, bool throttled)
{
	thread(pid)->throttled = throttled;
	on_wakeup(counters, thread(pid), at_ns);
}


int main(void)
{
	struct counters counters = { 0 };
	char line[256];

	while (fgets(line, sizeof(line), stdin)) {
		int pid, next, preempt, throttled;
		unsigned int state_argument, state;
		uint64_t at_ns;

		if (sscanf(line, "wakeup %d %" SCNu64 " %d", &pid, &at_ns, &throttled) == 3 ||
		    sscanf(line, "new %d %" SCNu64 " %d", &pid, &at_ns, &throttled) == 3) {
			replay_wakeup(&counters, pid, at_ns, throttled != 0);
		} else if (sscanf(line, "exit %d", &pid) == 1) {
			memset(thread(pid), 0, sizeof(struct task_struct));
		} else if (sscanf(line, "switch %d %d %" SCNu64 " %d %u %u %d", &pid, &next, &at_ns, &preempt,
				  &state_argument, &state, &throttled) == 7) {
			thread(pid)->state = state;
			thread(pid)->throttled = throttled != 0;
			on_switch(&counters, preempt != 0, thread(pid), thread(next), state_argument, at_ns);
			/* In the kernel too, this changes after the event. */
			thread(pid)->on_cpu = 0;
			thread(next)->on_cpu = 1;
		} else if (sscanf(line, "slot %" SCNu64, &at_ns) == 1) {
			printf("%u\n", slot_of(at_ns));
		} else if (strcmp(line, "end\n") == 0) {
			printf("end %llu %llu\n", counters.unknown, counters.negative);
			counters = (struct counters){ 0 };
			memset(threads, 0, sizeof(threads));
		} else {
			fprintf(stderr, "not an event: %s", line);
			return 1;
		}
	}
	return 0;
}
