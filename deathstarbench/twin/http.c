#include "http.h"

#include <string.h>
#include <strings.h>

bool text_equals(struct text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.start, word, text.length) == 0;
}

static bool names_header(struct text text, const char *name)
{
	return text.length == strlen(name) && strncasecmp(text.start, name, text.length) == 0;
}

bool form_has(struct text form, const char *name)
{
	size_t name_length = strlen(name);

	while (form.length > 0) {
		const char *and = memchr(form.start, '&', form.length);
		size_t length = and ? (size_t)(and - form.start) : form.length;

		if (length > name_length + 1 && memcmp(form.start, name, name_length) == 0 &&
		    form.start[name_length] == '=')
			return true;
		if (!and)
			return false;
		form.start += length + 1;
		form.length -= length + 1;
	}
	return false;
}

/* RFC 9110, 5.6.2. */
static bool is_token(struct text text)
{
	for (size_t index = 0; index < text.length; index++) {
		char byte = text.start[index];

		if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
		      (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte))))
			return false;
	}
	return text.length > 0;
}

/* No control characters; the space ends it. */
static bool is_target(struct text text)
{
	for (size_t index = 0; index < text.length; index++) {
		unsigned char byte = (unsigned char)text.start[index];

		if (byte <= ' ' || byte == 0x7f)
			return false;
	}
	return text.length > 0;
}

static enum http_state refuse(struct http_request *request, int status)
{
	request->status = status;
	return HTTP_REFUSED;
}

/* Takes a line without its CRLF from the front of `head`. False at a line that ends otherwise. */
static bool take_line(struct text *head, struct text *line)
{
	const char *newline = memchr(head->start, '\n', head->length);
	size_t length;

	if (!newline || newline == head->start || newline[-1] != '\r')
		return false;
	length = (size_t)(newline - head->start);
	*line = (struct text){ head->start, length - 1 };
	head->start += length + 1;
	head->length -= length + 1;
	return memchr(line->start, '\r', line->length) == NULL;
}

/* Takes what is before the byte, and the byte. */
static bool take_until(struct text *rest, char byte, struct text *taken)
{
	const char *found = memchr(rest->start, byte, rest->length);

	if (!found)
		return false;
	*taken = (struct text){ rest->start, (size_t)(found - rest->start) };
	rest->start += taken->length + 1;
	rest->length -= taken->length + 1;
	return true;
}

static struct text trim(struct text text)
{
	while (text.length > 0 && (*text.start == ' ' || *text.start == '\t')) {
		text.start++;
		text.length--;
	}
	while (text.length > 0 && (text.start[text.length - 1] == ' ' || text.start[text.length - 1] == '\t'))
		text.length--;
	return text;
}

/* The scripts of wrk2 send `http://host:port/path`; a proxy would, too. */
static bool skip_origin(struct text *target)
{
	static const char scheme[] = "http://";
	const char *slash;

	if (target->start[0] == '/')
		return true;
	if (target->length <= strlen(scheme) || strncasecmp(target->start, scheme, strlen(scheme)) != 0)
		return false;
	slash = memchr(target->start + strlen(scheme), '/', target->length - strlen(scheme));
	if (!slash || slash == target->start + strlen(scheme))
		return false;
	target->length -= (size_t)(slash - target->start);
	target->start = slash;
	return true;
}

static bool parse_request_line(struct text line, struct http_request *request)
{
	struct text target;

	if (!take_until(&line, ' ', &request->method) || !is_token(request->method) ||
	    !take_until(&line, ' ', &target) || !is_target(target) || !skip_origin(&target))
		return refuse(request, 400), false;
	request->query = (struct text){ target.start + target.length, 0 };
	request->path = target;
	if (take_until(&target, '?', &request->path))
		request->query = target;
	if (text_equals(line, "HTTP/1.1"))
		request->keeps_connection = true;
	else if (!text_equals(line, "HTTP/1.0"))
		return refuse(request, line.length == 8 && memcmp(line.start, "HTTP/", 5) == 0 ? 505 : 400), false;
	return true;
}

static bool parse_length(struct text value, size_t *length)
{
	*length = 0;
	for (size_t index = 0; index < value.length; index++) {
		if (value.start[index] < '0' || value.start[index] > '9')
			return false;
		/* Beyond the limit its exact value does not matter. */
		if (*length <= HTTP_MOST_BODY)
			*length = *length * 10 + (size_t)(value.start[index] - '0');
	}
	return value.length > 0;
}

/* A list with commas. */
static bool lists(struct text value, const char *word)
{
	struct text item;

	while (take_until(&value, ',', &item)) {
		if (names_header(trim(item), word))
			return true;
	}
	return names_header(trim(value), word);
}

struct head {
	bool has_length;
	size_t length;
};

static bool parse_header(struct text line, struct http_request *request, struct head *head)
{
	struct text name;
	struct text value = line;
	size_t length;

	/* A space before the colon, or at the start as in a folded header, is no part of a token. */
	if (!take_until(&value, ':', &name) || !is_token(name))
		return refuse(request, 400), false;
	value = trim(value);
	if (names_header(name, "content-length")) {
		if (!parse_length(value, &length) || (head->has_length && length != head->length))
			return refuse(request, 400), false;
		head->has_length = true;
		head->length = length;
	} else if (names_header(name, "transfer-encoding")) {
		return refuse(request, names_header(value, "chunked") ? 411 : 501), false;
	} else if (names_header(name, "expect")) {
		return refuse(request, 417), false;
	} else if (names_header(name, "connection")) {
		if (lists(value, "close"))
			request->keeps_connection = false;
	} else if (names_header(name, "traceparent")) {
		request->trace_parent = value;
	}
	return true;
}

enum http_state http_parse(const char *bytes, size_t length, struct http_request *request)
{
	const char *end = memmem(bytes, length < HTTP_MOST_HEAD ? length : HTTP_MOST_HEAD, "\r\n\r\n", 4);
	struct head head = { 0 };
	struct text lines;
	struct text line;
	size_t head_bytes;

	*request = (struct http_request){ 0 };
	if (!end) {
		const char *newline = memchr(bytes, '\n', length);

		/* Lines that end otherwise would never come to an end that we know. */
		if (newline && (newline == bytes || newline[-1] != '\r'))
			return refuse(request, 400);
		return length < HTTP_MOST_HEAD ? HTTP_NEEDS_MORE : refuse(request, 431);
	}
	head_bytes = (size_t)(end - bytes) + 4;
	/* Without the empty line. */
	lines = (struct text){ bytes, head_bytes - 2 };
	if (!take_line(&lines, &line))
		return refuse(request, 400);
	if (!parse_request_line(line, request))
		return HTTP_REFUSED;
	while (lines.length > 0) {
		if (!take_line(&lines, &line))
			return refuse(request, 400);
		if (!parse_header(line, request, &head))
			return HTTP_REFUSED;
	}
	if (head.length > HTTP_MOST_BODY)
		return refuse(request, 413);
	request->body = (struct text){ bytes + head_bytes, head.length };
	request->bytes = head_bytes + head.length;
	return length < request->bytes ? HTTP_NEEDS_MORE : HTTP_COMPLETE;
}
