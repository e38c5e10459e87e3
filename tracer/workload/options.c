#include "options.h"

#include <stddef.h>
#include <string.h>

const char usage[] = "usage: scalelab-workload canary --rate-per-second N --work-micros N [--cgroup-procs FILE]...\n"
		     "       scalelab-workload spin --threads N [--cgroup-procs FILE]...\n"
		     "       scalelab-workload sleeper --sleep-micros N --work-micros N [--threads N] [--cgroup-procs FILE]...\n"
		     "       scalelab-workload exec [--cgroup-procs FILE]... -- PROGRAM [ARGUMENT]...\n"
		     "       scalelab-workload enter [--cgroup-procs FILE]... [--cpus LIST] -- PROGRAM [ARGUMENT]...\n"
		     "\n"
		     "Threads with a known pattern of sleep and work.\n"
		     "  canary   wakes at a fixed rate and works a fixed time\n"
		     "  spin     works without a pause\n"
		     "  sleeper  sleeps and works in turn\n"
		     "  exec     runs another program, and ends with everything that it started\n"
		     "  enter    becomes another program, which is killed when whoever started it ends\n"
		     "  --cgroup-procs FILE  write the own process id to FILE before anything else; may be repeated\n"
		     "  --cpus LIST          run on these CPUs only, such as 0 or 1-3,5\n"
		     "A line `report` on standard input asks for the counts so far (not of exec); its end ends the program\n"
		     "(but not one that was entered).\n";

struct number_option {
	const char *name;
	unsigned int lowest;
	unsigned int highest;
	/* In struct options. */
	size_t offset;
	/* The modes that take it, and those that need it: one bit each. */
	unsigned int taken;
	unsigned int needed;
};

#define IN(mode) (1u << (mode))

static const struct number_option number_options[] = {
	{ "--rate-per-second", 1, 100000, offsetof(struct options, rate_per_second), IN(MODE_CANARY), IN(MODE_CANARY) },
	{ "--work-micros", 1, 1000000, offsetof(struct options, work_micros), IN(MODE_CANARY) | IN(MODE_SLEEPER),
	  IN(MODE_CANARY) | IN(MODE_SLEEPER) },
	{ "--sleep-micros", 1, 60000000, offsetof(struct options, sleep_micros), IN(MODE_SLEEPER), IN(MODE_SLEEPER) },
	{ "--threads", 1, 1024, offsetof(struct options, threads), IN(MODE_SPIN) | IN(MODE_SLEEPER), IN(MODE_SPIN) },
};
#define NUMBER_OPTIONS (sizeof(number_options) / sizeof(number_options[0]))

static unsigned int *number_of(struct options *options, const struct number_option *option)
{
	return (unsigned int *)((char *)options + option->offset);
}

/* Decimal digits only: no sign, no space, no rest. */
static bool parse_number(const char *text, const struct number_option *option, unsigned int *number)
{
	unsigned long value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned long)(*text - '0');
		if (value > option->highest)
			return false;
	}
	*number = (unsigned int)value;
	return value >= option->lowest;
}

static bool parse_mode(const char *word, enum mode *mode)
{
	static const char *const names[] = { "canary", "spin", "sleeper", "exec", "enter" };

	for (unsigned int index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
		if (strcmp(word, names[index]) == 0) {
			*mode = (enum mode)index;
			return true;
		}
	}
	return false;
}

/* An option with its value. */
static bool parse_option(const char *name, const char *value, struct options *options)
{
	if (strcmp(name, "--cgroup-procs") == 0) {
		if (options->cgroup_count == MOST_CGROUPS)
			return false;
		options->cgroup_procs[options->cgroup_count++] = value;
		return true;
	}
	if (strcmp(name, "--cpus") == 0 && options->mode == MODE_ENTER) {
		options->cpus = value;
		return true;
	}
	for (size_t index = 0; index < NUMBER_OPTIONS; index++) {
		const struct number_option *option = &number_options[index];

		if (strcmp(name, option->name) == 0 && option->taken & IN(options->mode))
			return parse_number(value, option, number_of(options, option));
	}
	return false;
}

static bool takes_command(enum mode mode)
{
	return mode == MODE_EXEC || mode == MODE_ENTER;
}

static bool is_complete(struct options *options)
{
	for (size_t index = 0; index < NUMBER_OPTIONS; index++) {
		const struct number_option *option = &number_options[index];

		if (option->needed & IN(options->mode) && *number_of(options, option) == 0)
			return false;
	}
	/* A canary that has no time to sleep is a spinner, and would say nothing of wake-ups. */
	if (options->mode == MODE_CANARY)
		return (unsigned long)options->rate_per_second * options->work_micros < 1000000;
	return !takes_command(options->mode) || (options->command && *options->command);
}

bool parse_options(int count, char *const words[], struct options *options)
{
	*options = (struct options){ 0 };
	if (count < 2 || !parse_mode(words[1], &options->mode))
		return false;
	for (int index = 2; index < count; index += 2) {
		if (takes_command(options->mode) && strcmp(words[index], "--") == 0) {
			options->command = &words[index + 1];
			break;
		}
		if (index + 1 == count || !parse_option(words[index], words[index + 1], options))
			return false;
	}
	if (!is_complete(options))
		return false;
	if (options->threads == 0)
		options->threads = 1;
	return true;
}
