#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model-calls.h"
#include "model-reader.h"
#include "model-steps.h"

#define MOST_NAME 63
#define MOST_PATH 200
#define ARENA_BYTES (8u * 1024 * 1024)
/* 100 000 seconds. */
#define MOST_MICROS 1e11
#define MOST_QUANTITY 1000000000u

static bool parse_quantity(struct model_reader *reader, struct quantity *quantity)
{
	static const char *const known[] = { "constant", "uniform", "lognormal", NULL };
	static const unsigned int words[] = { 3, 4, 5 };
	unsigned int distribution;

	if (!read_words(reader, "quantity", 3, 5) || !word_name(reader, 0, MOST_NAME, &quantity->name) ||
	    !word_choice(reader, 1, known, &distribution))
		return false;
	if (reader->word_count != words[distribution])
		return reader_fail(reader, "`quantity` with %u words behind it", reader->word_count);
	quantity->distribution = (enum distribution)distribution;
	switch (quantity->distribution) {
	case DISTRIBUTION_CONSTANT:
		if (!word_count_of(reader, 2, 0, MOST_QUANTITY, &quantity->low))
			return false;
		quantity->high = quantity->low;
		return true;
	case DISTRIBUTION_UNIFORM:
		return word_count_of(reader, 2, 0, MOST_QUANTITY, &quantity->low) &&
		       word_count_of(reader, 3, quantity->low, MOST_QUANTITY, &quantity->high);
	case DISTRIBUTION_LOGNORMAL:
		return word_real(reader, 2, 0.001, MOST_QUANTITY, &quantity->median) &&
		       word_real(reader, 3, 0, 5, &quantity->sigma) &&
		       word_count_of(reader, 4, 0, MOST_QUANTITY, &quantity->high);
	}
	return false;
}

static bool parse_operation(struct model_reader *reader, struct model *model, struct operation *operation)
{
	static const char *const shapes[] = { "constant", "exponential", NULL };
	unsigned int shape;

	if (!read_words(reader, "operation", 5, 5) || !word_name(reader, 0, MOST_NAME, &operation->name) ||
	    !word_choice(reader, 1, shapes, &shape) || !word_real(reader, 2, 0, MOST_MICROS, &operation->mean_micros) ||
	    !word_real(reader, 3, 0, MOST_MICROS, &operation->per_item_micros) ||
	    !word_count_of(reader, 4, 0, MOST_REPLY_BYTES, &operation->reply_bytes))
		return false;
	operation->is_exponential = shape == 1;
	if (!read_words(reader, "items", 0, MOST_ITEMS))
		return false;
	operation->item_count = reader->word_count;
	for (unsigned int index = 0; index < operation->item_count; index++) {
		if (!word_count_of(reader, index, 0, MOST_QUANTITIES - 1, &operation->items[index]))
			return false;
		if (operation->items[index] >= model->quantity_count)
			return reader_fail(reader, "there is no quantity %u", operation->items[index]);
	}
	return read_words(reader, "steps", 1, 1) && word_count_of(reader, 0, 0, MOST_STEPS, &operation->steps.count) &&
	       model_parse_steps(reader, model, &operation->steps);
}

static bool parse_service(struct model_reader *reader, struct model *model, struct service *service)
{
	static const char *const roles[] = { "front", "service", "store", NULL };
	struct pool_limits *pool = &service->pool;
	unsigned int role;

	if (!read_words(reader, "service", 2, 2) || !word_name(reader, 0, MOST_NAME, &service->name) ||
	    !word_choice(reader, 1, roles, &role) || !read_words(reader, "start-up-ms", 1, 1) ||
	    !word_duration(reader, 0, &service->start_up_ns) || !read_words(reader, "threads", 1, 1) ||
	    !word_count_of(reader, 0, 1, 10000, &service->most_threads) || !read_words(reader, "memory", 3, 3) ||
	    !word_number(reader, 0, 0, 1ull << 40, &service->base_bytes) ||
	    !word_number(reader, 1, 0, 1ull << 32, &service->request_bytes) ||
	    !word_number(reader, 2, 0, 1ull << 32, &service->kept_bytes) || !read_words(reader, "pool", 4, 4) ||
	    !word_count_of(reader, 0, 1, 10000, &pool->connections) || !word_duration(reader, 1, &pool->wait_ns) ||
	    !word_duration_or_none(reader, 2, &pool->age_ns) || !word_duration_or_none(reader, 3, &pool->idle_ns) ||
	    !read_words(reader, "operations", 1, 1) ||
	    !word_count_of(reader, 0, 0, MOST_OPERATIONS, &service->operation_count))
		return false;
	service->role = (enum role)role;
	service->operations = arena_take(&model->arena, service->operation_count, sizeof(*service->operations));
	if (!service->operations)
		return model_too_large(reader);
	for (unsigned int index = 0; index < service->operation_count; index++) {
		if (!parse_operation(reader, model, &service->operations[index]))
			return false;
	}
	return true;
}

static bool parse_parameters(struct model_reader *reader, struct model *model, struct endpoint *endpoint)
{
	if (!read_words(reader, "parameters", 0, MOST_PARAMETERS))
		return false;
	endpoint->parameter_count = reader->word_count;
	endpoint->parameters = arena_take(&model->arena, reader->word_count, sizeof(*endpoint->parameters));
	if (!endpoint->parameters)
		return model_too_large(reader);
	for (unsigned int index = 0; index < reader->word_count; index++) {
		if (!word_name(reader, index, MOST_NAME, &endpoint->parameters[index]))
			return false;
	}
	return true;
}

static bool parse_endpoint(struct model_reader *reader, struct model *model, struct endpoint *endpoint)
{
	static const char *const methods[] = { "GET", "POST", NULL };
	static const char *const replies[] = { "posts", "text", NULL };
	unsigned int method;
	unsigned int reply;

	if (!read_words(reader, "endpoint", 6, 6) || !word_name(reader, 0, MOST_NAME, &endpoint->name) ||
	    !word_choice(reader, 1, methods, &method) || !word_name(reader, 2, MOST_PATH, &endpoint->path) ||
	    !word_count_of(reader, 3, 0, MOST_SERVICES - 1, &endpoint->service) ||
	    !word_count_of(reader, 4, 0, MOST_OPERATIONS - 1, &endpoint->operation) ||
	    !word_choice(reader, 5, replies, &reply))
		return false;
	endpoint->method = methods[method];
	if (endpoint->service >= model->service_count ||
	    endpoint->operation >= model->services[endpoint->service].operation_count)
		return reader_fail(reader, "there is no such operation");
	if (model->services[endpoint->service].role != ROLE_FRONT)
		return reader_fail(reader, "an endpoint that no front answers");
	if (reply == 1 && !read_text(reader, "words", &endpoint->words))
		return false;
	return parse_parameters(reader, model, endpoint);
}

/* A line `keyword N` and room for N elements. */
static bool parse_list(struct model_reader *reader, struct model *model, const char *keyword, unsigned int most,
		       unsigned int *count, size_t size, void **elements)
{
	if (!read_words(reader, keyword, 1, 1) || !word_count_of(reader, 0, 0, most, count))
		return false;
	*elements = arena_take(&model->arena, *count, size);
	return *elements || model_too_large(reader);
}

static bool parse(struct model_reader *reader, struct model *model)
{
	unsigned int format;
	void *elements;

	if (!read_words(reader, "scalelab-model", 1, 1) || !word_count_of(reader, 0, 1, 1, &format) ||
	    !read_words(reader, "cpu-first-share", 1, 1) || !word_real(reader, 0, 0, 1, &model->cpu_first_share) ||
	    !read_words(reader, "drain-limit-ms", 1, 1) || !word_duration(reader, 0, &model->drain_limit_ns))
		return false;
	if (!parse_list(reader, model, "quantities", MOST_QUANTITIES, &model->quantity_count, sizeof(*model->quantities),
			&elements))
		return false;
	model->quantities = elements;
	for (unsigned int index = 0; index < model->quantity_count; index++) {
		if (!parse_quantity(reader, &model->quantities[index]))
			return false;
	}
	if (!parse_list(reader, model, "services", MOST_SERVICES, &model->service_count, sizeof(*model->services),
			&elements))
		return false;
	model->services = elements;
	for (unsigned int index = 0; index < model->service_count; index++) {
		if (!parse_service(reader, model, &model->services[index]))
			return false;
	}
	if (!parse_list(reader, model, "endpoints", MOST_ENDPOINTS, &model->endpoint_count, sizeof(*model->endpoints),
			&elements))
		return false;
	model->endpoints = elements;
	for (unsigned int index = 0; index < model->endpoint_count; index++) {
		if (!parse_endpoint(reader, model, &model->endpoints[index]))
			return false;
	}
	if (!read_words(reader, "end", 0, 0))
		return false;
	return reader_at_end(reader) || reader_fail(reader, "there is more behind the end");
}

bool model_parse(char *text, size_t length, struct model *model, struct model_problem *problem)
{
	struct model_reader reader = { .at = text, .end = text + length, .problem = problem };

	*model = (struct model){ .arena.most_bytes = ARENA_BYTES };
	problem->text[0] = '\0';
	if (parse(&reader, model) && model_check_calls(model, problem))
		return true;
	model_release(model);
	return false;
}

bool model_read(const char *path, struct model *model, struct model_problem *problem)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t length = 0;

	if (!file) {
		snprintf(problem->text, sizeof(problem->text), "%s", strerror(errno));
		return false;
	}
	text = malloc(MODEL_MOST_BYTES + 1);
	if (text)
		length = fread(text, 1, MODEL_MOST_BYTES + 1, file);
	fclose(file);
	if (!text || length > MODEL_MOST_BYTES) {
		snprintf(problem->text, sizeof(problem->text), text ? "larger than 4 MiB" : "out of memory");
		free(text);
		return false;
	}

	/* Names point into it. */
	char *kept = realloc(text, length + 1);

	return model_parse(kept ? kept : text, length, model, problem);
}

void model_release(struct model *model)
{
	arena_release(&model->arena);
	*model = (struct model){ 0 };
}

int model_find_service(const struct model *model, const char *name)
{
	for (unsigned int index = 0; index < model->service_count; index++) {
		if (strcmp(model->services[index].name, name) == 0)
			return (int)index;
	}
	return -1;
}
