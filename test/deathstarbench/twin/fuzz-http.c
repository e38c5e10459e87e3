/* Any bytes as requests on one connection: whatever the parser says must hold. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "trace-context.h"

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_within(struct text text, const char *bytes, size_t length)
{
	if (text.length > 0)
		check(text.start >= bytes && text.start + text.length <= bytes + length);
}

/* The same whatever is behind the request, and never complete before all of it is there. */
static void check_pieces(const char *bytes, size_t length, const struct http_request *whole)
{
	struct http_request request;
	size_t step = length / 16 + 1;

	for (size_t part = 0; part < whole->bytes; part += step) {
		char *copy = malloc(part + 1);

		memcpy(copy, bytes, part);
		check(http_parse(copy, part, &request) == HTTP_NEEDS_MORE);
		free(copy);
	}
	check(http_parse(bytes, whole->bytes, &request) == HTTP_COMPLETE && request.bytes == whole->bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own size, so that a byte too far is noticed. */
	char *all = malloc(size + 1);
	const char *bytes = all;

	memcpy(all, data, size);
	for (size_t left = size;;) {
		struct http_request request;
		struct trace_context context;
		enum http_state state = http_parse(bytes, left, &request);

		if (state == HTTP_REFUSED)
			check(request.status >= 400 && request.status < 600);
		if (state != HTTP_COMPLETE) {
			/* What is not refused by now still fits into the buffer of a connection. */
			check(state == HTTP_REFUSED || left < HTTP_MOST_HEAD + HTTP_MOST_BODY);
			break;
		}
		check(request.bytes > 0 && request.bytes <= left && request.method.length > 0);
		check_within(request.method, bytes, left);
		check_within(request.path, bytes, left);
		check_within(request.query, bytes, left);
		check_within(request.body, bytes, left);
		check_within(request.trace_parent, bytes, left);
		check(request.path.length > 0 && request.path.start[0] == '/');
		form_has(request.query, "user_id");
		form_has(request.body, "text");
		if (parse_trace_parent(request.trace_parent, &context))
			check(context.request > 0 && request.trace_parent.length == 55);
		check_pieces(bytes, left, &request);
		bytes += request.bytes;
		left -= request.bytes;
	}
	free(all);
	return 0;
}
