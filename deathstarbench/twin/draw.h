/* Numbers drawn from the seed of a request: the same as in `harness/application/draw.ts` and `draw-quantity.ts`, bit for bit. */
#pragma once

#include <stdint.h>

#include "model.h"

/* A new seed for one purpose under a seed. */
uint32_t derive_draw(uint32_t seed, uint32_t number);

/* Within 0 and 1, and neither. */
double uniform_draw(uint32_t seed, uint32_t number);

/* `u` is a uniform draw. */
uint32_t draw_quantity(const struct quantity *quantity, double u);

/*
 * Natural logarithm of a number in (0, 1], to 2 units in the last place, in nothing but sums, products and quotients: libraries differ in
 * the last bit of theirs, and the harness must be able to repeat what was drawn. `natural-logarithm.ts` is the same.
 */
double natural_logarithm(double x);
