#include "model-steps.h"

#include <string.h>

bool model_too_large(struct model_reader *reader)
{
	return reader_fail(reader, "the model is too large");
}

static bool parse_calls(struct model_reader *reader, struct model *model, struct step *step)
{
	step->kind = STEP_CALLS;
	step->calls = arena_take(&model->arena, step->call_count, sizeof(*step->calls));
	if (!step->calls)
		return model_too_large(reader);
	for (unsigned int index = 0; index < step->call_count; index++) {
		struct call *call = &step->calls[index];

		if (!word_count_of(reader, 2 * index, 0, MOST_SERVICES - 1, &call->service) ||
		    !word_count_of(reader, 2 * index + 1, 0, MOST_OPERATIONS - 1, &call->operation))
			return false;
		if (call->service >= model->service_count)
			return reader_fail(reader, "there is no service %u", call->service);
	}
	return true;
}

static bool parse_steps(struct model_reader *reader, struct model *model, struct step_list *list, unsigned int nesting);

static bool parse_choice(struct model_reader *reader, struct model *model, struct step *step, unsigned int nesting)
{
	step->kind = STEP_CHOICE;
	if (reader->word_count != 3)
		return reader_fail(reader, "`step choice` with %u words behind it", reader->word_count);
	if (nesting == MOST_NESTING)
		return reader_fail(reader, "choices nest deeper than %d", MOST_NESTING);
	return word_real(reader, 0, 0, 1, &step->chance) &&
	       word_count_of(reader, 1, 0, MOST_STEPS, &step->then.count) &&
	       word_count_of(reader, 2, 0, MOST_STEPS, &step->otherwise.count) &&
	       parse_steps(reader, model, &step->then, nesting + 1) &&
	       parse_steps(reader, model, &step->otherwise, nesting + 1);
}

static bool parse_step(struct model_reader *reader, struct model *model, struct step *step, unsigned int nesting)
{
	static const char *const known[] = { "calls", "choice", NULL };
	unsigned int kind;

	if (!read_words(reader, "step", 2, 1 + 2 * MOST_PARALLEL) || !word_choice(reader, 0, known, &kind))
		return false;
	reader->word_count--;
	memmove(reader->words, reader->words + 1, reader->word_count * sizeof(reader->words[0]));
	if (kind == STEP_CHOICE)
		return parse_choice(reader, model, step, nesting);
	if (reader->word_count % 2 != 0)
		return reader_fail(reader, "a service without its operation");
	step->call_count = reader->word_count / 2;
	return parse_calls(reader, model, step);
}

/* So many as the list has. */
static bool parse_steps(struct model_reader *reader, struct model *model, struct step_list *list, unsigned int nesting)
{
	list->steps = arena_take(&model->arena, list->count, sizeof(*list->steps));
	if (!list->steps)
		return model_too_large(reader);
	for (unsigned int index = 0; index < list->count; index++) {
		if (!parse_step(reader, model, &list->steps[index], nesting))
			return false;
	}
	return true;
}

bool model_parse_steps(struct model_reader *reader, struct model *model, struct step_list *list)
{
	return parse_steps(reader, model, list, 0);
}
