/* CPU time, used on purpose. */
#pragma once

#include <stdint.h>

/* Finds out how fast this CPU goes round in a circle; once, before the first burn. Takes about a millisecond. */
void calibrate_burn(void);

/*
 * Goes on until this thread has used so much CPU time since it was started, to about a microsecond, however long that takes: being preempted
 * or throttled costs time only. Gives what the thread has used then, which is more if it had used more already.
 */
int64_t burn_until(int64_t cpu_ns);
