/* Requests of HTTP/1.1, from bytes that may be anything. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The request line and all headers. */
#define HTTP_MOST_HEAD 8192
#define HTTP_MOST_BODY 65536

struct text {
	const char *start;
	size_t length;
};

enum http_state { HTTP_NEEDS_MORE, HTTP_COMPLETE, HTTP_REFUSED };

/* All texts point into the bytes. */
struct http_request {
	struct text method;
	/* Without scheme, host and query. */
	struct text path;
	struct text query;
	struct text body;
	/* The last `traceparent`; empty if there is none. */
	struct text trace_parent;
	bool keeps_connection;
	/* Head and body. */
	size_t bytes;
	/* Of a refusal: 400, 411, 413, 417, 431, 501 or 505. */
	int status;
};

/* What is behind the first request stays for the next call. */
enum http_state http_parse(const char *bytes, size_t length, struct http_request *request);

bool text_equals(struct text text, const char *word);

/* Whether a query or form has a value that is not empty under this name. */
bool form_has(struct text form, const char *name);
