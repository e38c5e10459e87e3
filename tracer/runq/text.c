#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void append_bytes(struct text *text, const char *bytes, size_t length)
{
	if (text->length + length > text->capacity) {
		size_t capacity = (text->length + length) * 2 + 4096;
		char *larger = realloc(text->bytes, capacity);

		if (!larger) {
			fprintf(stderr, "scalelab-runq: out of memory after %zu bytes of one line\n", text->length);
			exit(1);
		}
		text->bytes = larger;
		text->capacity = capacity;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void append(struct text *text, const char *string)
{
	append_bytes(text, string, strlen(string));
}

void append_number(struct text *text, uint64_t number)
{
	/* By hand: a snapshot has thousands of numbers, and printf would be most of its cost. */
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	append_bytes(text, digits + first, sizeof(digits) - first);
}

void append_quoted(struct text *text, const char *string)
{
	append(text, "\"");
	for (; *string != '\0'; string++) {
		char escape[8];

		if (*string == '"' || *string == '\\')
			append_bytes(text, "\\", 1);
		if ((unsigned char)*string < 0x20) {
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned int)*string);
			append(text, escape);
		} else {
			append_bytes(text, string, 1);
		}
	}
	append(text, "\"");
}

bool write_line(struct text *text)
{
	size_t written = 0;

	append_bytes(text, "\n", 1);
	while (written < text->length) {
		ssize_t count = write(STDOUT_FILENO, text->bytes + written, text->length - written);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		written += (size_t)count;
	}
	text->length = 0;
	return true;
}
