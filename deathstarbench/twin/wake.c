#include "wake.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool wake_open(struct wake *wake)
{
	wake->file = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return wake->file >= 0;
}

void wake_up(struct wake *wake)
{
	uint64_t one = 1;

	/* It fails only if it was woken 2^64 times and did not look. */
	if (write(wake->file, &one, sizeof(one)) < 0)
		return;
}

void wake_clear(struct wake *wake)
{
	uint64_t count;

	if (read(wake->file, &count, sizeof(count)) < 0)
		return;
}
