#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A finished line. Returns how many snapshots it asks for. */
static int obey(struct commands *commands)
{
	bool is_read = !commands->too_long && strcmp(commands->line, "read") == 0;

	if (!is_read)
		fprintf(stderr, "scalelab-runq: no such command on standard input: %s%s\n", commands->line,
			commands->too_long ? "..." : "");
	commands->length = 0;
	commands->too_long = false;
	return is_read ? 1 : 0;
}

int read_commands(struct commands *commands)
{
	char bytes[256];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
	int asked = 0;

	if (count < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	if (count == 0)
		commands->ended = true;
	for (ssize_t index = 0; index < count; index++) {
		if (bytes[index] == '\n')
			asked += obey(commands);
		else if (commands->length + 1 < sizeof(commands->line))
			commands->line[commands->length++] = bytes[index];
		else
			commands->too_long = true;
		commands->line[commands->length] = '\0';
	}
	return asked;
}
