/* The command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct options {
	/* `check` only says whether the model can be read. */
	bool is_check;
	const char *model;
	const char *registry;
	const char *service;
	const char *replica;
	const char *control;
	const char *spans;
	/* 0 lets the system choose. */
	uint64_t port;
	uint64_t spans_most_bytes;
	/* -1 for the model's own. */
	int64_t start_up_ms;
};

extern const char usage[];

/* False if the command line is not exactly what `usage` says. */
bool parse_options(int count, char *const words[], struct options *options);
