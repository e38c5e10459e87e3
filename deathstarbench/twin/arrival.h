/* When bytes came, as the kernel noted it: a thread that waits for them may get its CPU much later. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* From now on the kernel notes it for this connection. Where it does not, bytes came when they were read. */
void note_arrivals(int file);

/* As recv; goes on after an interruption. `arrived_ns` on CLOCK_MONOTONIC, of the last byte that it gives. */
ssize_t receive_noted(int file, void *bytes, size_t size, int64_t *arrived_ns);
