/* Prints what the twin draws: for each seed from 0 on, the quantities of a model; then slots and logarithms. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "counters.h"
#include "draw.h"
#include "model.h"

int main(int count, char *words[])
{
	struct model_problem problem;
	struct model model;
	unsigned int seeds = count == 3 ? (unsigned int)strtoul(words[2], NULL, 10) : 0;

	if (count != 3 || !model_read(words[1], &model, &problem))
		return 2;
	for (uint32_t seed = 0; seed < seeds; seed++) {
		for (unsigned int index = 0; index < model.quantity_count; index++)
			printf("%" PRIu32 " ", draw_quantity(&model.quantities[index], uniform_draw(seed, index)));
		printf("%.17g %u\n", natural_logarithm(uniform_draw(seed, 1000)),
		       latency_slot((uint64_t)derive_draw(seed, 1001) << derive_draw(seed, 1002) % 12));
	}
	return 0;
}
