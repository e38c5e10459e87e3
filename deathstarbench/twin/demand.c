#include "demand.h"

#include "draw.h"

/* Far from the numbers that quantities and the parts of a request have. */
#define WORK_NUMBER 1000000u

/* Under the seed of an operation or of a list of steps. */
enum { DEMAND_NUMBER = 0, FIRST_STEP_NUMBER = 1 };
/* Under the seed of a choice. */
enum { CHOICE_NUMBER = 0, THEN_NUMBER = 1, OTHERWISE_NUMBER = 2 };

uint32_t first_path_seed(uint32_t root_seed)
{
	return derive_draw(root_seed, WORK_NUMBER);
}

uint32_t step_seed(uint32_t list_seed, unsigned int number)
{
	return derive_draw(list_seed, FIRST_STEP_NUMBER + number);
}

uint32_t call_seed(uint32_t step_seed, unsigned int number)
{
	return derive_draw(step_seed, number);
}

const struct step_list *choose_steps(const struct step *choice, uint32_t step_seed, uint32_t *list_seed)
{
	if (uniform_draw(step_seed, CHOICE_NUMBER) < choice->chance) {
		*list_seed = derive_draw(step_seed, THEN_NUMBER);
		return &choice->then;
	}
	*list_seed = derive_draw(step_seed, OTHERWISE_NUMBER);
	return &choice->otherwise;
}

double draw_demand(const struct model *model, const struct operation *operation, uint32_t root_seed, uint32_t path_seed)
{
	double items = 0;

	for (unsigned int index = 0; index < operation->item_count; index++) {
		unsigned int quantity = operation->items[index];

		items += draw_quantity(&model->quantities[quantity], uniform_draw(root_seed, quantity));
	}

	double mean = operation->mean_micros + operation->per_item_micros * items;

	return operation->is_exponential ? -mean * natural_logarithm(uniform_draw(path_seed, DEMAND_NUMBER)) : mean;
}
