/*
 * scalelab-runq: how long threads wait for a CPU, by cgroup. Loads and attaches the BPF programs, gives up its
 * capabilities, and prints a snapshot each interval until its standard input ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "capabilities.h"
#include "commands.h"
#include "kernel-version.h"
#include "options.h"
#include "output.h"
#include "text.h"
#include "tracer.h"

enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USAGE = 2, EXIT_CANNOT_START = 3 };

enum { INPUT, SIGNALS, INTERVALS, STATS_END, OUTPUT, SOURCE_COUNT };

struct helper {
	struct options options;
	struct tracer tracer;
	struct commands commands;
	struct text line;
	uint64_t sequence;
	/* While it is open, the kernel measures the run time of BPF programs. -1: it does not. */
	int stats;
	struct pollfd sources[SOURCE_COUNT];
};

static int fault(const char *what, int error)
{
	fprintf(stderr, "scalelab-runq: %s: %s\n", what, strerror(error));
	return EXIT_FAULT;
}

static int print_line(struct helper *helper)
{
	return write_line(&helper->line) ? EXIT_DONE : fault("writing to standard output", errno);
}

static int print_snapshot(struct helper *helper, const char *reason)
{
	int error = append_snapshot(&helper->line, &helper->tracer, helper->sequence++, reason);

	return error ? fault("reading the counters", error) : print_line(helper);
}

/* Expires after `first_ms`, then each `interval_ms`; 0: never again. Instants are absolute, so intervals do not drift. */
static int open_timer(unsigned int first_ms, unsigned int interval_ms)
{
	struct itimerspec times = {
		.it_value = { first_ms / 1000, first_ms % 1000 * 1000000L },
		.it_interval = { interval_ms / 1000, interval_ms % 1000 * 1000000L },
	};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (timer >= 0 && timerfd_settime(timer, 0, &times, NULL) != 0) {
		close(timer);
		return -1;
	}
	return timer;
}

/* SIGTERM and SIGINT arrive as input, so that they cannot cut a line in half. A closed output is an error of write. */
static int open_signals(void)
{
	sigset_t ending;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ending, NULL) != 0)
		return -1;
	return signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* How often a timer has expired since it was last asked. */
static uint64_t expirations(int timer)
{
	uint64_t count = 0;

	return read(timer, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static int open_sources(struct helper *helper)
{
	unsigned int interval_ms = helper->options.interval_ms;

	helper->sources[INPUT] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	helper->sources[SIGNALS] = (struct pollfd){ .fd = open_signals(), .events = POLLIN };
	helper->sources[INTERVALS] = (struct pollfd){ .fd = open_timer(interval_ms, interval_ms), .events = POLLIN };
	helper->sources[STATS_END] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (helper->stats >= 0)
		helper->sources[STATS_END].fd = open_timer(helper->options.stats_ms, 0);
	/* No event is asked for: what is reported of its own accord is that nobody reads any more. */
	helper->sources[OUTPUT] = (struct pollfd){ .fd = STDOUT_FILENO, .events = 0 };

	bool opened = helper->sources[SIGNALS].fd >= 0 && helper->sources[INTERVALS].fd >= 0 &&
		      (helper->stats < 0 || helper->sources[STATS_END].fd >= 0);

	return opened ? EXIT_DONE : fault("setting up timers and signals", errno);
}

static void end_stats(struct helper *helper)
{
	close(helper->stats);
	close(helper->sources[STATS_END].fd);
	helper->stats = -1;
	helper->sources[STATS_END].fd = -1;
}

/* Needs CAP_SYS_ADMIN, so it comes before capabilities are dropped; closing does not. */
static void begin_stats(struct helper *helper)
{
	helper->stats = -1;
	if (helper->options.stats_ms == 0)
		return;
	helper->stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (helper->stats < 0)
		fprintf(stderr, "scalelab-runq: the cost of the programs is not measured: %s\n", strerror(errno));
}

/* Until standard input ends, a signal says so, or nobody reads. */
static int serve(struct helper *helper)
{
	struct pollfd *sources = helper->sources;

	for (;;) {
		if (poll(sources, SOURCE_COUNT, -1) < 0) {
			if (errno == EINTR)
				continue;
			return fault("waiting for input", errno);
		}
		if (sources[OUTPUT].revents & (POLLERR | POLLHUP | POLLNVAL))
			return fault("writing to standard output", EPIPE);
		if (sources[STATS_END].revents)
			end_stats(helper);
		if (sources[INTERVALS].revents && expirations(sources[INTERVALS].fd) > 0 &&
		    print_snapshot(helper, "interval") != EXIT_DONE)
			return EXIT_FAULT;
		if (sources[INPUT].revents) {
			int asked = read_commands(&helper->commands);

			if (asked < 0)
				return fault("reading standard input", errno);
			for (; asked > 0; asked--)
				if (print_snapshot(helper, "asked") != EXIT_DONE)
					return EXIT_FAULT;
		}
		if (helper->commands.ended || sources[SIGNALS].revents)
			return print_snapshot(helper, "end");
	}
}

int main(int count, char *words[])
{
	static struct helper helper;
	const char *message;

	if (!parse_options(count, words, &helper.options)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}

	enum start_failure failure = start_tracer(&helper.tracer, helper.options.groups, &message);

	if (failure != START_DONE) {
		append_error(&helper.line, failure, message);
		return print_line(&helper) == EXIT_DONE ? EXIT_CANNOT_START : EXIT_FAULT;
	}
	begin_stats(&helper);

	/* Before 5.19, where unprivileged use of bpf() is off, even reading a map one has open takes CAP_BPF. */
	bool keep_bpf = kernel_version() < version_number(5, 19);
	int error = drop_capabilities(keep_bpf);

	if (error)
		return fault("dropping capabilities", error);
	if (open_sources(&helper) != EXIT_DONE)
		return EXIT_FAULT;
	append_hello(&helper.line, &helper.tracer, &helper.options, keep_bpf);
	if (print_line(&helper) != EXIT_DONE)
		return EXIT_FAULT;
	return serve(&helper);
}
