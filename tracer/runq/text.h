/* A line of output as it grows. One buffer serves all lines, so a running program allocates nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t length;
	size_t capacity;
};

void append(struct text *text, const char *string);
void append_number(struct text *text, uint64_t number);
/* In quotes, with everything escaped that JSON wants escaped. */
void append_quoted(struct text *text, const char *string);

/* Writes the line and empties the text. False if standard output does not take it. */
bool write_line(struct text *text);
