/* scalelab-workload: threads with a known pattern of sleep and work, in the cgroups that it is told. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cgroup.h"
#include "enter.h"
#include "options.h"
#include "pattern.h"
#include "supervise.h"

enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USAGE = 2 };

static int fault(const char *what)
{
	fprintf(stderr, "scalelab-workload: %s: %s\n", what, strerror(errno));
	return EXIT_FAULT;
}

static int finish_line(void)
{
	putchar('\n');
	return fflush(stdout) == 0 ? EXIT_DONE : fault("writing to standard output");
}

static int print_ready(const struct options *options, const int *threads)
{
	printf("{\"type\":\"ready\",\"pid\":%d,\"threads\":[", (int)getpid());
	for (unsigned int index = 0; index < options->threads; index++)
		printf("%s%d", index == 0 ? "" : ",", threads[index]);
	printf("]}");
	return finish_line();
}

static int print_totals(const struct options *options, const char *type)
{
	struct totals totals = read_totals(options);

	printf("{\"type\":\"%s\",\"wakeups\":%" PRIu64 ",\"skipped\":%" PRIu64 ",\"cpuMicros\":%" PRIu64 "}", type,
	       totals.wakeups, totals.skipped, totals.cpu_micros);
	return finish_line();
}

/* SIGTERM and SIGINT arrive as input, and no thread is ever interrupted by them. */
static int open_signals(void)
{
	sigset_t ending;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ending, NULL) != 0)
		return -1;
	return signalfd(-1, &ending, SFD_CLOEXEC);
}

/* Reads what is there; a line may come in pieces. Returns false at the end of the input. */
static bool read_commands(const struct options *options, int *status)
{
	static char line[64];
	static size_t length;
	char bytes[256];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (count < 0 && errno != EINTR && errno != EAGAIN)
		*status = fault("reading standard input");
	for (ssize_t index = 0; index < count && *status == EXIT_DONE; index++) {
		if (bytes[index] != '\n') {
			/* The last place stays free for the end; a longer line is no command in any case. */
			if (length < sizeof(line) - 1)
				line[length++] = bytes[index];
			continue;
		}
		line[length] = '\0';
		length = 0;
		if (strcmp(line, "report") == 0)
			*status = print_totals(options, "report");
		else
			fprintf(stderr, "scalelab-workload: no such command on standard input: %s\n", line);
	}
	return count != 0;
}

static int serve(const struct options *options, int signals)
{
	struct pollfd sources[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int status = EXIT_DONE;

	for (;;) {
		if (poll(sources, 2, -1) < 0 && errno != EINTR)
			return fault("waiting for input");
		if (sources[0].revents && !read_commands(options, &status))
			break;
		if (status != EXIT_DONE)
			return status;
		if (sources[1].revents)
			break;
	}
	return print_totals(options, "end");
}

int main(int count, char *words[])
{
	struct options options;

	if (!parse_options(count, words, &options)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (options.mode == MODE_EXEC)
		return supervise(&options);
	if (options.mode == MODE_ENTER)
		return enter(&options);
	/* The harness may be killed; a spinner that outlives it would spoil whatever the machine does next. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return fault("asking for a signal when the parent dies");

	int refused = enter_cgroups(&options);

	if (refused)
		return refused;

	int signals = open_signals();

	if (signals < 0)
		return fault("setting up signals");

	const int *threads = start_threads(&options);

	if (!threads)
		return fault("starting threads");

	int status = print_ready(&options, threads);

	/* The threads never end by themselves: they go with the process. */
	return status == EXIT_DONE ? serve(&options, signals) : status;
}
