/* Lines, words and numbers of a model file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

#define MOST_WORDS 36

struct model_reader {
	char *at;
	char *end;
	/* Of the line that was read last; from 1. */
	unsigned int line;
	char *words[MOST_WORDS];
	unsigned int word_count;
	struct model_problem *problem;
};

/* Notes the problem with its line, and answers false. */
bool reader_fail(struct model_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads a line of `keyword` and so many more words; words[0] is the first behind the keyword. */
bool read_words(struct model_reader *reader, const char *keyword, unsigned int least, unsigned int most);

/* Reads a line of `keyword` and any text behind a space. */
bool read_text(struct model_reader *reader, const char *keyword, const char **text);

/* True if nothing is left. */
bool reader_at_end(const struct model_reader *reader);

bool word_number(struct model_reader *reader, unsigned int index, uint64_t lowest, uint64_t highest, uint64_t *number);
bool word_count_of(struct model_reader *reader, unsigned int index, unsigned int lowest, unsigned int highest,
		   unsigned int *number);
bool word_real(struct model_reader *reader, unsigned int index, double lowest, double highest, double *number);
/* Milliseconds, into nanoseconds. */
bool word_duration(struct model_reader *reader, unsigned int index, int64_t *ns);
/* The same, or `-` for -1. */
bool word_duration_or_none(struct model_reader *reader, unsigned int index, int64_t *ns);
/* Which of the words it is; `known` ends with NULL. */
bool word_choice(struct model_reader *reader, unsigned int index, const char *const known[], unsigned int *choice);
/* At most `most` characters. */
bool word_name(struct model_reader *reader, unsigned int index, size_t most, const char **name);
