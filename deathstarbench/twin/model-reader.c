#include "model-reader.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* A day and some: no duration of a model is longer. */
#define LONGEST_MS 1e8

bool reader_fail(struct model_reader *reader, const char *format, ...)
{
	char *text = reader->problem->text;
	size_t size = sizeof(reader->problem->text);
	int length = snprintf(text, size, "line %u: ", reader->line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, size - (size_t)length, format, arguments);
	va_end(arguments);
	return false;
}

/* Ends the line with a zero. */
static bool next_line(struct model_reader *reader, char **line)
{
	char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	reader->line++;
	if (!newline)
		return reader_fail(reader, reader->at == reader->end ? "the file ends here" : "the line is cut");
	for (char *at = reader->at; at < newline; at++) {
		if (*at < ' ' || *at > '~')
			return reader_fail(reader, "a character that is not printable ASCII");
	}
	*newline = '\0';
	*line = reader->at;
	reader->at = newline + 1;
	return true;
}

/* What is behind the keyword: at the space, or at the end of the line. */
static bool skip_keyword(struct model_reader *reader, const char *line, const char *keyword, size_t *length)
{
	*length = strlen(keyword);
	if (strncmp(line, keyword, *length) != 0 || (line[*length] != '\0' && line[*length] != ' '))
		return reader_fail(reader, "expected `%s`, not `%.40s`", keyword, line);
	return true;
}

bool read_words(struct model_reader *reader, const char *keyword, unsigned int least, unsigned int most)
{
	char *line;
	size_t length;

	if (!next_line(reader, &line) || !skip_keyword(reader, line, keyword, &length))
		return false;
	reader->word_count = 0;
	for (char *at = line + length; *at == ' ';) {
		*at++ = '\0';
		if (reader->word_count == MOST_WORDS)
			return reader_fail(reader, "too many words");
		reader->words[reader->word_count++] = at;
		if (*at == '\0' || *at == ' ')
			return reader_fail(reader, "more than one space between two words, or one at the end");
		at = strchrnul(at, ' ');
	}
	if (reader->word_count < least || reader->word_count > most)
		return reader_fail(reader, "`%s` with %u words behind it", keyword, reader->word_count);
	return true;
}

bool read_text(struct model_reader *reader, const char *keyword, const char **text)
{
	char *line;
	size_t length;

	if (!next_line(reader, &line) || !skip_keyword(reader, line, keyword, &length))
		return false;
	if (line[length] == '\0' || line[length + 1] == '\0')
		return reader_fail(reader, "`%s` with nothing behind it", keyword);
	*text = line + length + 1;
	return true;
}

bool reader_at_end(const struct model_reader *reader)
{
	return reader->at == reader->end;
}

bool word_number(struct model_reader *reader, unsigned int index, uint64_t lowest, uint64_t highest, uint64_t *number)
{
	const char *word = reader->words[index];
	uint64_t value = 0;

	for (const char *at = word; *at != '\0'; at++) {
		if (*at < '0' || *at > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return reader_fail(reader, "`%.40s` is not a whole number", word);
	}
	if (value < lowest || value > highest)
		return reader_fail(reader, "%.40s is not within %llu and %llu", word, (unsigned long long)lowest,
				   (unsigned long long)highest);
	*number = value;
	return true;
}

bool word_count_of(struct model_reader *reader, unsigned int index, unsigned int lowest, unsigned int highest,
		   unsigned int *number)
{
	uint64_t value;

	if (!word_number(reader, index, lowest, highest, &value))
		return false;
	*number = (unsigned int)value;
	return true;
}

bool word_real(struct model_reader *reader, unsigned int index, double lowest, double highest, double *number)
{
	const char *word = reader->words[index];
	char *rest;

	/* strtod takes more than numbers as JavaScript writes them: hexadecimal ones, words. */
	if (*word < '0' || *word > '9' || word[strspn(word, "0123456789.e+-")] != '\0' || strlen(word) > 32)
		return reader_fail(reader, "`%.40s` is not a number", word);
	*number = strtod(word, &rest);
	if (*rest != '\0')
		return reader_fail(reader, "`%.40s` is not a number", word);
	/* Also false for what is not finite. */
	if (!(*number >= lowest && *number <= highest))
		return reader_fail(reader, "%.40s is not within %g and %g", word, lowest, highest);
	return true;
}

bool word_duration(struct model_reader *reader, unsigned int index, int64_t *ns)
{
	double ms;

	if (!word_real(reader, index, 0, LONGEST_MS, &ms))
		return false;
	*ns = (int64_t)(ms * MS_NS);
	return true;
}

bool word_duration_or_none(struct model_reader *reader, unsigned int index, int64_t *ns)
{
	if (strcmp(reader->words[index], "-") != 0)
		return word_duration(reader, index, ns);
	*ns = -1;
	return true;
}

bool word_choice(struct model_reader *reader, unsigned int index, const char *const known[], unsigned int *choice)
{
	for (*choice = 0; known[*choice]; (*choice)++) {
		if (strcmp(reader->words[index], known[*choice]) == 0)
			return true;
	}
	return reader_fail(reader, "`%.40s` is unknown here", reader->words[index]);
}

bool word_name(struct model_reader *reader, unsigned int index, size_t most, const char **name)
{
	*name = reader->words[index];
	if (strlen(*name) > most)
		return reader_fail(reader, "`%.40s...` is longer than %zu characters", *name, most);
	return true;
}
