#include "draw.h"

#include <math.h>

static uint32_t mix32(uint32_t bits)
{
	bits = (bits ^ (bits >> 16)) * 0x85ebca6bu;
	bits = (bits ^ (bits >> 13)) * 0xc2b2ae35u;
	return bits ^ (bits >> 16);
}

uint32_t derive_draw(uint32_t seed, uint32_t number)
{
	return mix32(seed ^ mix32(number + 0x9e3779b9u));
}

double uniform_draw(uint32_t seed, uint32_t number)
{
	return (derive_draw(seed, number) + 0.5) / 4294967296.0;
}

double natural_logarithm(double x)
{
	double exponent = 0;

	while (x < 0.7071067811865476) {
		x *= 2;
		exponent -= 1;
	}

	double s = (x - 1) / (x + 1);
	double z = s * s;
	double sum = 0;

	/* ln x = 2 (s + s^3 / 3 + s^5 / 5 + ...), |s| at most 0.1716: what is left out is below 1e-20. */
	for (int term = 25; term >= 1; term -= 2)
		sum = sum * z + 1.0 / term;
	return exponent * 0.6931471805599453 + 2 * s * sum;
}

static double tail(double q)
{
	double above = ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q -
			 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783;
	double below = (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q +
			3.754408661907416) * q + 1;

	return above / below;
}

/* Acklam's, as in `draw-quantity.ts`. */
static double inverse_normal(double u)
{
	const double low = 0.02425;

	if (u < low)
		return tail(sqrt(-2 * log(u)));
	if (u > 1 - low)
		return -tail(sqrt(-2 * log(1 - u)));

	double q = u - 0.5;
	double r = q * q;
	double above = (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r +
			  1.38357751867269e2) * r - 3.066479806614716e1) * r + 2.506628277459239) * q;
	double below = ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r +
			 6.680131188771972e1) * r - 1.328068155288572e1) * r + 1;

	return above / below;
}

uint32_t draw_quantity(const struct quantity *quantity, double u)
{
	double value;

	switch (quantity->distribution) {
	case DISTRIBUTION_CONSTANT:
		return quantity->low;
	case DISTRIBUTION_UNIFORM:
		return quantity->low + (uint32_t)floor(u * (quantity->high - quantity->low + 1.0));
	case DISTRIBUTION_LOGNORMAL:
		value = floor(quantity->median * exp(quantity->sigma * inverse_normal(u)) + 0.5);
		return value < quantity->high ? (uint32_t)value : quantity->high;
	}
	return 0;
}
