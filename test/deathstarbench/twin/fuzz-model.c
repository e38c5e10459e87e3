/* Any bytes as a model: either a problem is named, or everything in it can be used. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "demand.h"
#include "http-reply.h"
#include "model.h"

/* Of a request: a model may have one execute a million operations. */
#define MOST_WALKED 2000

static void check(int holds)
{
	if (!holds)
		abort();
}

struct walk {
	const struct model *model;
	unsigned int left;
};

static void walk_operation(struct walk *walk, const struct call *call, uint32_t seed, uint32_t span);

static void walk_steps(struct walk *walk, const struct step_list *list, uint32_t list_seed, uint32_t span)
{
	for (unsigned int index = 0; index < list->count; index++) {
		const struct step *step = &list->steps[index];
		uint32_t seed = step_seed(list_seed, index);
		uint32_t chosen_seed;

		for (unsigned int number = 0; number < step->call_count; number++)
			walk_operation(walk, &step->calls[number], call_seed(seed, number), span);
		if (step->kind == STEP_CHOICE) {
			const struct step_list *chosen = choose_steps(step, seed, &chosen_seed);

			walk_steps(walk, chosen, chosen_seed, span);
		}
	}
}

static void walk_operation(struct walk *walk, const struct call *call, uint32_t seed, uint32_t span)
{
	const struct service *service = &walk->model->services[call->service];
	const struct operation *operation;
	double demand;

	if (walk->left == 0)
		return;
	walk->left--;
	check(call->service < walk->model->service_count && call->operation < service->operation_count);
	operation = &service->operations[call->operation];
	check(operation->executions > 0 && operation->executions <= MOST_EXECUTIONS);
	demand = draw_demand(walk->model, operation, 7, seed);
	check(isfinite(demand) && demand >= 0);
	walk_steps(walk, &operation->steps, seed, span + call->span_offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct model_problem problem;
	struct model model;

	memcpy(text, data, size);
	if (!model_parse(text, size, &model, &problem)) {
		check(problem.text[0] != '\0' && strlen(problem.text) < sizeof(problem.text));
		free(text);
		return 0;
	}
	check(problem.text[0] == '\0');
	for (unsigned int index = 0; index < model.endpoint_count; index++) {
		const struct endpoint *endpoint = &model.endpoints[index];
		struct call call = { .service = endpoint->service, .operation = endpoint->operation };
		struct walk walk = { .model = &model, .left = MOST_WALKED };
		uint32_t bytes = model.services[call.service].operations[call.operation].reply_bytes;

		walk_operation(&walk, &call, first_path_seed(index), 1);
		if (bytes < 100000) {
			char *body = endpoint->words ? make_text(endpoint->words, bytes) : make_posts(bytes);

			check(strlen(body) == bytes);
			free(body);
		}
	}
	model_release(&model);
	free(text);
	return 0;
}
