/* Standard input: one command a line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct commands {
	char line[64];
	size_t length;
	/* The line is longer than any command; its rest is skipped. */
	bool too_long;
	bool ended;
};

/* Reads what is there. Returns how many snapshots were asked for, or -1 if standard input cannot be read. */
int read_commands(struct commands *commands);
