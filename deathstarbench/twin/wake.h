/* The main thread sleeps until something happens; other threads wake it through this when they have made work for it. */
#pragma once

struct wake {
	int file;
};

/* False with errno if the system refuses. */
_Bool wake_open(struct wake *wake);
void wake_up(struct wake *wake);
/* Takes note that it was woken. */
void wake_clear(struct wake *wake);
