/* CPU time, used on purpose. */
#pragma once

#include <stdint.h>

/* Finds out how fast this CPU goes round in a circle; once, before the first burn. Takes about a millisecond. */
void calibrate_burn(void);

/* Uses so much CPU time of this thread, to about 2 microseconds, however long that takes: being preempted or throttled costs time only. */
void burn(uint64_t ns);
