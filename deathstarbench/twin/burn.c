#include "burn.h"

#include "clock.h"

/* The clock of a thread's CPU time costs a system call, most of a microsecond: below this it is not asked again. */
#define LAST_LOOK_NS 1000
/* If this CPU becomes slower, the error of one round stays small. */
#define LONGEST_ROUND_NS 100000
#define SHORTEST_MEASURE_NS 20000
#define CALIBRATION_ROUNDS 200000u
#define CALIBRATIONS 5

static double rounds_per_ns = 1;

static void spin(uint64_t rounds)
{
	for (; rounds > 0; rounds--)
		__asm__ volatile("" : "+r"(rounds));
}

void calibrate_burn(void)
{
	double speeds[CALIBRATIONS];
	int count = 0;

	for (int attempt = 0; attempt < CALIBRATIONS; attempt++) {
		int64_t start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

		spin(CALIBRATION_ROUNDS);

		int64_t took_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns;
		double speed = (double)CALIBRATION_ROUNDS / (double)took_ns;
		int place = count;

		if (took_ns <= 0)
			continue;
		for (; place > 0 && speeds[place - 1] > speed; place--)
			speeds[place] = speeds[place - 1];
		speeds[place] = speed;
		count++;
	}
	/* Not the fastest: a clock that stands still for a moment would make every burn last for seconds. */
	if (count > 0)
		rounds_per_ns = speeds[count / 2];
}

int64_t burn_until(int64_t cpu_ns)
{
	double speed = rounds_per_ns;
	int64_t used_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	while (cpu_ns - used_ns > LAST_LOOK_NS) {
		int64_t left_ns = cpu_ns - used_ns;
		/* Half of what is left, so that a wrong speed is noticed before it leads too far. */
		double rounds = (double)(left_ns / 2 < LONGEST_ROUND_NS ? left_ns / 2 : LONGEST_ROUND_NS) * speed;

		spin((uint64_t)rounds);

		int64_t took_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - used_ns;

		used_ns += took_ns;
		/* Another thread on the same core halves it. Of a short round most is the clock. */
		if (took_ns > SHORTEST_MEASURE_NS)
			speed = rounds / (double)took_ns;
	}
	if (cpu_ns <= used_ns)
		return used_ns;
	spin((uint64_t)((double)(cpu_ns - used_ns) * speed));
	return cpu_ns;
}
