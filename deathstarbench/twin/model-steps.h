/* The steps of an operation in a model file. */
#pragma once

#include "model-reader.h"

/* So many as the list has. False with the problem. */
bool model_parse_steps(struct model_reader *reader, struct model *model, struct step_list *list);

/* Notes that there is no room for it, and answers false. */
bool model_too_large(struct model_reader *reader);
