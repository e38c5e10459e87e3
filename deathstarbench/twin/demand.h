/* The CPU time that one execution of an operation asks for, and the seeds of what it calls: README.md has the rule. */
#pragma once

#include "model.h"

/* The seed of the front's operation. */
uint32_t first_path_seed(uint32_t root_seed);

/* Of step `number`, from 0, in a list with this seed. */
uint32_t step_seed(uint32_t list_seed, unsigned int number);

/* Of the operation that call `number`, from 0, of a step executes. */
uint32_t call_seed(uint32_t step_seed, unsigned int number);

/* Which of its two lists of steps a choice takes, and with which seed. */
const struct step_list *choose_steps(const struct step *choice, uint32_t step_seed, uint32_t *list_seed);

/* Microseconds, from 0 on. */
double draw_demand(const struct model *model, const struct operation *operation, uint32_t root_seed, uint32_t path_seed);
