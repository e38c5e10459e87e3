#include "kernel-form.h"

#include <string.h>

#include <bpf/btf.h>

static const struct btf_type *without_modifiers(const struct btf *types, unsigned int id)
{
	const struct btf_type *type = btf__type_by_id(types, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(types, type->type);
	return type;
}

static bool is_pointer_to(const struct btf *types, unsigned int id, const char *name)
{
	const struct btf_type *type = without_modifiers(types, id);

	if (!type || !btf_is_ptr(type))
		return false;
	type = without_modifiers(types, type->type);
	return type && strcmp(btf__name_by_offset(types, type->name_off), name) == 0;
}

/* The prototype of the function that a tracepoint calls: its own data, then preempt, prev, next and perhaps the state. */
static bool read_switch_arguments(const struct btf *types, struct kernel_form *form)
{
	int typedef_id = btf__find_by_name_kind(types, "btf_trace_sched_switch", BTF_KIND_TYPEDEF);

	if (typedef_id < 0)
		return false;

	const struct btf_type *type = without_modifiers(types, (unsigned int)typedef_id);

	if (type && btf_is_ptr(type))
		type = btf__type_by_id(types, type->type);
	if (!type || !btf_is_func_proto(type) || btf_vlen(type) < 4 || btf_vlen(type) > 5)
		return false;

	const struct btf_param *arguments = btf_params(type);

	form->has_state_argument = btf_vlen(type) == 5;
	/* Some kernels had the state in second place for a while: that order is refused, not misread. */
	return is_pointer_to(types, arguments[2].type, "task_struct") &&
	       is_pointer_to(types, arguments[3].type, "task_struct");
}

bool read_kernel_form(const struct btf *types, struct kernel_form *form)
{
	*form = (struct kernel_form){ 0 };
	if (!read_switch_arguments(types, form))
		return false;

	int task_id = btf__find_by_name_kind(types, "task_struct", BTF_KIND_STRUCT);

	if (task_id < 0)
		return false;

	const struct btf_type *task = btf__type_by_id(types, (unsigned int)task_id);
	const struct btf_member *members = btf_members(task);

	for (int index = 0; index < btf_vlen(task); index++) {
		if (strcmp(btf__name_by_offset(types, members[index].name_off), "throttled") == 0)
			form->has_throttled_field = true;
	}
#ifdef PRETEND_OLD_KERNEL
	/* For the test of what older kernels get, on a newer one: see the Makefile. */
	*form = (struct kernel_form){ 0 };
#endif
	return true;
}
