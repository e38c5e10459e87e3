/* The command line. */
#pragma once

#include <stdbool.h>

struct options {
	/* A snapshot each so many milliseconds, 100 to 10 000. */
	unsigned int interval_ms;
	/* Room for so many cgroups. */
	unsigned int groups;
	/* For so many milliseconds the kernel measures what the programs cost; 0: it does not. */
	unsigned int stats_ms;
};

extern const char usage[];

/* False if the command line is not exactly what `usage` says. */
bool parse_options(int count, char *const words[], struct options *options);
