/*
 * The layout of every histogram of run-queue wait: 8 linear steps per octave, 192 slots. The TypeScript side is
 * harness/telemetry/wait-slots.ts; a test compares the two at every bound.
 */
#pragma once

#define SLOT_COUNT 192
/* The unit of the layout: an eighth of a microsecond. */
#define STEP_NS 125
/* The last slot begins here, at 7.86 s, and has no end. */
#define LAST_SLOT_STEPS (15u << 22)

/* The slot that a wait of `ns` nanoseconds falls into, 0 to 191. */
static inline __attribute__((always_inline)) unsigned int slot_of(unsigned long long ns)
{
	unsigned long long all_steps = ns / STEP_NS;

	if (all_steps >= LAST_SLOT_STEPS)
		return SLOT_COUNT - 1;

	unsigned int steps = all_steps;

	if (steps < 8)
		return steps;

	/* floor(log2(steps)) by halving: BPF has no instruction for it, and the verifier is no friend of loops. */
	unsigned int octave = 0;
	unsigned int rest = steps;

	if (rest >= 1u << 16) {
		rest >>= 16;
		octave += 16;
	}
	if (rest >= 1u << 8) {
		rest >>= 8;
		octave += 8;
	}
	if (rest >= 1u << 4) {
		rest >>= 4;
		octave += 4;
	}
	if (rest >= 1u << 2) {
		rest >>= 2;
		octave += 2;
	}
	if (rest >= 1u << 1)
		octave += 1;
	return 8 * (octave - 2) + ((steps >> (octave - 3)) & 7);
}
