#include "options.h"

#include <stddef.h>
#include <string.h>

const char usage[] = "usage: scalelab-runq --interval-ms N [--groups N] [--stats-ms N]\n"
		     "\n"
		     "Prints how long threads wait for a CPU, by cgroup, as one JSON object a line.\n"
		     "  --interval-ms N  a snapshot each N milliseconds, 100 to 10000\n"
		     "  --groups N       room for N cgroups, 1 to 100000; default 512\n"
		     "  --stats-ms N     measure the programs' own cost for the first N milliseconds, 1 to 3600000\n"
		     "A line `read` on standard input asks for a snapshot at once; its end ends the program.\n";

/* Decimal digits only: no sign, no space, no rest. */
static bool parse_number(const char *text, unsigned int lowest, unsigned int highest, unsigned int *number)
{
	unsigned int value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned int)(*text - '0');
		if (value > highest)
			return false;
	}
	*number = value;
	return value >= lowest;
}

bool parse_options(int count, char *const words[], struct options *options)
{
	*options = (struct options){ .groups = 512 };

	const struct {
		const char *name;
		unsigned int lowest;
		unsigned int highest;
		unsigned int *number;
	} known[] = {
		{ "--interval-ms", 100, 10 * 1000, &options->interval_ms },
		{ "--groups", 1, 100 * 1000, &options->groups },
		{ "--stats-ms", 1, 3600 * 1000, &options->stats_ms },
	};

	for (int index = 1; index < count; index += 2) {
		size_t option = 0;

		while (option < sizeof(known) / sizeof(known[0]) && strcmp(words[index], known[option].name) != 0)
			option++;
		if (option == sizeof(known) / sizeof(known[0]) || index + 1 == count)
			return false;
		if (!parse_number(words[index + 1], known[option].lowest, known[option].highest, known[option].number))
			return false;
	}
	return options->interval_ms != 0;
}
