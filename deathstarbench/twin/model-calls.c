#include "model-calls.h"

#include <stdio.h>

#define MOST_DEPTH 64
/* While its calls are being counted: whoever comes across it again went round in a circle. */
#define BEING_COUNTED UINT32_MAX

struct counting {
	struct model *model;
	struct model_problem *problem;
	unsigned int depth;
};

static bool count_operation(struct counting *counting, const struct service *service, struct operation *operation);

static bool fail(struct counting *counting, const struct service *service, const struct operation *operation,
		 const char *what)
{
	snprintf(counting->problem->text, sizeof(counting->problem->text), "%s/%s %s", service->name, operation->name,
		 what);
	return false;
}

static bool count_call(struct counting *counting, const struct service *service, struct operation *operation,
		       struct call *call, uint32_t *executions)
{
	struct service *called = &counting->model->services[call->service];

	if (call->operation >= called->operation_count)
		return fail(counting, service, operation, "calls an operation that is not there");
	if (called->role == ROLE_FRONT)
		return fail(counting, service, operation, "calls a front");

	struct operation *target = &called->operations[call->operation];

	if (!count_operation(counting, called, target))
		return false;
	call->span_offset = *executions;
	*executions += target->executions;
	if (*executions > MOST_EXECUTIONS)
		return fail(counting, service, operation, "may execute more than 1000000 operations");
	return true;
}

static bool count_steps(struct counting *counting, const struct service *service, struct operation *operation,
			struct step_list *list, uint32_t *executions)
{
	for (unsigned int index = 0; index < list->count; index++) {
		struct step *step = &list->steps[index];

		for (unsigned int call = 0; call < step->call_count; call++) {
			if (!count_call(counting, service, operation, &step->calls[call], executions))
				return false;
		}
		if (!count_steps(counting, service, operation, &step->then, executions) ||
		    !count_steps(counting, service, operation, &step->otherwise, executions))
			return false;
	}
	return true;
}

static bool count_operation(struct counting *counting, const struct service *service, struct operation *operation)
{
	/* The first span is the operation's own. */
	uint32_t executions = 1;

	if (operation->executions == BEING_COUNTED)
		return fail(counting, service, operation, "calls itself in the end");
	if (operation->executions != 0)
		return true;
	if (counting->depth == MOST_DEPTH)
		return fail(counting, service, operation, "is called through more than 64 others");
	operation->executions = BEING_COUNTED;
	counting->depth++;
	if (!count_steps(counting, service, operation, &operation->steps, &executions))
		return false;
	counting->depth--;
	operation->executions = executions;
	return true;
}

bool model_check_calls(struct model *model, struct model_problem *problem)
{
	struct counting counting = { .model = model, .problem = problem };

	for (unsigned int index = 0; index < model->service_count; index++) {
		struct service *service = &model->services[index];

		for (unsigned int number = 0; number < service->operation_count; number++) {
			if (!count_operation(&counting, service, &service->operations[number]))
				return false;
		}
	}
	return true;
}
