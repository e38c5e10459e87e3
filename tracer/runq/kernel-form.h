/* In which of its forms the running kernel has what the programs need, read from its own type information (BTF). */
#pragma once

#include <stdbool.h>

struct btf;

struct kernel_form {
	/* From 5.18 the state of the previous thread is the fourth argument of sched_switch. */
	bool has_state_argument;
	/* From 6.18 a thread says itself that it is throttled. */
	bool has_throttled_field;
};

/* False if sched_switch has none of the forms that are known. */
bool read_kernel_form(const struct btf *types, struct kernel_form *form);
