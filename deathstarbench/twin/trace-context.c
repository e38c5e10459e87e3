#include "trace-context.h"

#define VERSION_DIGITS 2
#define HALF_DIGITS 16
#define SPAN_DIGITS 16
#define FLAG_DIGITS 2
#define LENGTH (VERSION_DIGITS + 1 + 2 * HALF_DIGITS + 1 + SPAN_DIGITS + 1 + FLAG_DIGITS)

/* Lower case, as the standard has it. */
static bool parse_hexadecimal(const char *digits, unsigned int count, uint64_t *value)
{
	*value = 0;
	for (unsigned int index = 0; index < count; index++) {
		char digit = digits[index];

		if (digit >= '0' && digit <= '9')
			*value = *value << 4 | (uint64_t)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			*value = *value << 4 | (uint64_t)(digit - 'a' + 10);
		else
			return false;
	}
	return true;
}

bool parse_trace_parent(struct text header, struct trace_context *context)
{
	const char *version;
	const char *trace;
	const char *span;
	const char *flags;
	uint64_t number;
	uint64_t seed;

	if (header.length != LENGTH)
		return false;
	version = header.start;
	trace = version + VERSION_DIGITS + 1;
	span = trace + 2 * HALF_DIGITS + 1;
	flags = span + SPAN_DIGITS + 1;
	if (trace[-1] != '-' || span[-1] != '-' || flags[-1] != '-')
		return false;
	if (!parse_hexadecimal(version, VERSION_DIGITS, &number) || number != 0 ||
	    !parse_hexadecimal(trace, HALF_DIGITS, &context->request) ||
	    !parse_hexadecimal(trace + HALF_DIGITS, HALF_DIGITS, &seed) ||
	    !parse_hexadecimal(span, SPAN_DIGITS, &number) || number == 0 ||
	    !parse_hexadecimal(flags, FLAG_DIGITS, &number))
		return false;
	if (context->request == 0)
		return false;
	context->seed = (uint32_t)seed;
	context->is_sampled = number & 1;
	return true;
}
