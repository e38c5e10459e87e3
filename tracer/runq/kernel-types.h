/*
 * The few fields of the kernel that the programs read. Offsets are those of the running kernel: they are relocated when
 * the programs are loaded (CO-RE), so order and neighbours do not matter here.
 *
 * Whole numbers are unsigned here even where the kernel's are signed: libbpf adjusts the width of an access to that of the
 * running kernel for unsigned numbers only. `on_cpu` was an int in 6.18 and is one byte in 7.3.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	/* 64 bits; the number of the cgroup's directory on 64-bit machines. */
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	/* NULL for the groups that autogroup makes. */
	struct cgroup *cgroup;
};

struct task_group {
	struct cgroup_subsys_state css;
};

struct cfs_rq {
	/* With CONFIG_CFS_BANDWIDTH: how many groups on the way to the root are throttled here. */
	unsigned int throttle_count;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
};

struct task_struct {
	/* From 5.14. */
	unsigned int __state;
	unsigned int on_cpu;
	unsigned int pid;
	struct sched_entity se;
	struct task_group *sched_task_group;
	/* From 6.18, with CONFIG_CFS_BANDWIDTH. */
	bool throttled;
};

/* Before 5.14. The part of the name after the three underscores is for us alone. */
struct task_struct___state {
	long state;
};

#pragma clang attribute pop
