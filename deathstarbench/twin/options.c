#include "options.h"

#include <string.h>

#include "registry.h"

const char usage[] = "usage: scalelab-twin serve --model FILE --service NAME --replica ID --port N --registry FILE\n"
		     "                     --control SOCKET --spans FILE --spans-most-bytes N [--start-up-ms N]\n"
		     "       scalelab-twin check --model FILE\n"
		     "\n"
		     "Plays one service of a modelled application, on 127.0.0.1.\n"
		     "  --model FILE          the application\n"
		     "  --service NAME        which of its services\n"
		     "  --replica ID          its name in the registry and in spans\n"
		     "  --port N              0 lets the system choose\n"
		     "  --registry FILE       who is there to be called; read again whenever it is replaced\n"
		     "  --control SOCKET      answers `counters` with a line of JSON\n"
		     "  --spans FILE          spans of sampled requests\n"
		     "  --spans-most-bytes N  the largest size of that file\n"
		     "  --start-up-ms N       instead of the model's start-up time\n"
		     "It finishes what it has at SIGTERM, and ends at once at a second one.\n";

#define LONGEST_START_UP_MS 100000000
#define MOST_SPANS_BYTES (1ull << 40)

/* Decimal digits only: no sign, no space, no rest. */
static bool parse_number(const char *text, uint64_t highest, uint64_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > highest)
			return false;
	}
	*number = value;
	return true;
}

static bool parse_option(const char *name, const char *value, struct options *options)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "--model", &options->model },	    { "--registry", &options->registry }, { "--service", &options->service },
		{ "--replica", &options->replica }, { "--control", &options->control },	  { "--spans", &options->spans },
	};
	uint64_t start_up_ms;

	for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++) {
		if (strcmp(name, texts[index].name) == 0) {
			*texts[index].value = value;
			return *value != '\0';
		}
	}
	if (strcmp(name, "--port") == 0)
		return parse_number(value, 65535, &options->port);
	if (strcmp(name, "--spans-most-bytes") == 0)
		return parse_number(value, MOST_SPANS_BYTES, &options->spans_most_bytes);
	if (strcmp(name, "--start-up-ms") != 0 || !parse_number(value, LONGEST_START_UP_MS, &start_up_ms))
		return false;
	options->start_up_ms = (int64_t)start_up_ms;
	return true;
}

/* It stands in the registry and in spans, between spaces. */
static bool is_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t index = 0; index < length; index++) {
		if (text[index] <= ' ' || text[index] > '~')
			return false;
	}
	return length <= REGISTRY_MOST_NAME;
}

bool parse_options(int count, char *const words[], struct options *options)
{
	const uint64_t not_given = UINT64_MAX;

	*options = (struct options){ .port = not_given, .spans_most_bytes = not_given, .start_up_ms = -1 };
	if (count < 2 || count % 2 != 0)
		return false;
	options->is_check = strcmp(words[1], "check") == 0;
	if (!options->is_check && strcmp(words[1], "serve") != 0)
		return false;
	for (int index = 2; index < count; index += 2) {
		if (!parse_option(words[index], words[index + 1], options))
			return false;
	}
	if (options->is_check)
		return count == 4 && options->model;
	return options->model && options->registry && options->service && options->replica && is_name(options->replica) &&
	       options->control && options->spans && options->port != not_given && options->spans_most_bytes != not_given;
}
