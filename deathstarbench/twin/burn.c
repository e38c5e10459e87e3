#include "burn.h"

#include "clock.h"

/* The clock of a thread's CPU time costs a system call, most of a microsecond: below this it is not asked again. */
#define LAST_LOOK_NS 1000
/* If this CPU has become slower since it was measured, the error of one round stays small. */
#define LONGEST_ROUND_NS 250000
#define CALIBRATION_ROUNDS 200000u
#define CALIBRATIONS 3

static double rounds_per_ns = 1;

static void spin(uint64_t rounds)
{
	for (; rounds > 0; rounds--)
		__asm__ volatile("" : "+r"(rounds));
}

void calibrate_burn(void)
{
	for (int attempt = 0; attempt < CALIBRATIONS; attempt++) {
		int64_t start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

		spin(CALIBRATION_ROUNDS);

		int64_t took_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns;
		double speed = CALIBRATION_ROUNDS / (double)(took_ns > 0 ? took_ns : 1);

		/* Whatever disturbed a measurement made it slower. */
		if (attempt == 0 || speed > rounds_per_ns)
			rounds_per_ns = speed;
	}
}

void burn(uint64_t ns)
{
	int64_t start_ns;
	int64_t left_ns;

	if (ns == 0)
		return;
	start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (left_ns = (int64_t)ns; left_ns > LAST_LOOK_NS;
	     left_ns = start_ns + (int64_t)ns - clock_ns(CLOCK_THREAD_CPUTIME_ID)) {
		/* Half of what is left, so that a wrong speed is noticed before it leads too far. */
		int64_t round_ns = left_ns / 2 < LONGEST_ROUND_NS ? left_ns / 2 : LONGEST_ROUND_NS;

		spin((uint64_t)((double)round_ns * rounds_per_ns));
	}
	if (left_ns > 0)
		spin((uint64_t)((double)left_ns * rounds_per_ns));
}
