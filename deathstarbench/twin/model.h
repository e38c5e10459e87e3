/* The model of an application, as `compile-model.ts` writes it: see README.md for the lines. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define MODEL_MOST_BYTES (4u * 1024 * 1024)
#define MOST_SERVICES 255
#define MOST_OPERATIONS 64
#define MOST_QUANTITIES 64
#define MOST_ITEMS 8
#define MOST_STEPS 64
#define MOST_PARALLEL 16
#define MOST_ENDPOINTS 255
#define MOST_PARAMETERS 32
#define MOST_NESTING 16
/* Operations that one request may execute, whatever its choices. */
#define MOST_EXECUTIONS 1000000u
#define MOST_REPLY_BYTES (16u * 1024 * 1024)

enum distribution { DISTRIBUTION_CONSTANT, DISTRIBUTION_UNIFORM, DISTRIBUTION_LOGNORMAL };

struct quantity {
	const char *name;
	enum distribution distribution;
	/* The value of a constant, the ends of a uniform. */
	uint32_t low;
	uint32_t high;
	/* Of a lognormal. */
	double median;
	double sigma;
};

struct call {
	unsigned int service;
	unsigned int operation;
	/* What the number of the caller's span grows by for this call's. */
	uint32_t span_offset;
};

enum step_kind { STEP_CALLS, STEP_CHOICE };

struct step;

struct step_list {
	struct step *steps;
	unsigned int count;
};

struct step {
	enum step_kind kind;
	/* One call, or several at the same time. */
	struct call *calls;
	unsigned int call_count;
	/* Of a choice. */
	double chance;
	struct step_list then;
	struct step_list otherwise;
};

struct operation {
	const char *name;
	bool is_exponential;
	double mean_micros;
	double per_item_micros;
	uint32_t reply_bytes;
	unsigned int items[MOST_ITEMS];
	unsigned int item_count;
	struct step_list steps;
	/* It and all that it may call, both sides of each choice; 0 while nobody counted. */
	uint32_t executions;
};

enum role { ROLE_FRONT, ROLE_SERVICE, ROLE_STORE };

/* -1 where there is no limit. */
struct pool_limits {
	unsigned int connections;
	int64_t wait_ns;
	int64_t age_ns;
	int64_t idle_ns;
};

struct service {
	const char *name;
	enum role role;
	int64_t start_up_ns;
	unsigned int most_threads;
	uint64_t base_bytes;
	uint64_t request_bytes;
	uint64_t kept_bytes;
	struct pool_limits pool;
	struct operation *operations;
	unsigned int operation_count;
};

struct endpoint {
	const char *name;
	const char *method;
	const char *path;
	unsigned int service;
	unsigned int operation;
	/* NULL if the reply is an array of posts. */
	const char *words;
	const char **parameters;
	unsigned int parameter_count;
};

struct model {
	double cpu_first_share;
	int64_t drain_limit_ns;
	struct quantity *quantities;
	unsigned int quantity_count;
	struct service *services;
	unsigned int service_count;
	struct endpoint *endpoints;
	unsigned int endpoint_count;
	struct arena arena;
};

/* What is wrong, with the line; empty if nothing is. */
struct model_problem {
	char text[200];
};

/*
 * Parses a model, whole or not at all. `text` is changed, is not ended by a zero, and must live as long as the model, whose names
 * point into it. False with the problem if it is not exactly as the README says.
 */
bool model_parse(char *text, size_t length, struct model *model, struct model_problem *problem);

/* Reads a file of at most MODEL_MOST_BYTES. The text is never given back. */
bool model_read(const char *path, struct model *model, struct model_problem *problem);

void model_release(struct model *model);

/* -1 if there is none of this name. */
int model_find_service(const struct model *model, const char *name);
