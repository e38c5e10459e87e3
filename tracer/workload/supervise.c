/*
 * `stress` starts processes of its own, and they outlive it if it is killed. So it is not enough to become the program:
 * this process stays beside it, outside the cgroup, leads a process group, and takes the whole group with it.
 */
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"

static int failed(const char *what)
{
	fprintf(stderr, "scalelab-workload: %s: %s\n", what, strerror(errno));
	return 1;
}

static _Noreturn void become_command(const struct options *options, const sigset_t *caught)
{
	/* Not cleared by the exec of an ordinary program. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (enter_cgroups(options) != 0)
		_exit(3);
	sigprocmask(SIG_UNBLOCK, caught, NULL);
	execvp(options->command[0], options->command);
	fprintf(stderr, "scalelab-workload: cannot run %s: %s\n", options->command[0], strerror(errno));
	_exit(127);
}

/* Ends with everything that was started, by the same signal. */
static _Noreturn void end_group(void)
{
	kill(0, SIGKILL);
	_exit(1);
}

/* What the program left behind goes too; this process ends by itself, with the program's status. */
static int end_with(int status)
{
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int watch(pid_t command, int signals)
{
	struct pollfd sources[] = {
		/* Its end only: what there is to read belongs to the program. */
		{ .fd = STDIN_FILENO, .events = POLLRDHUP },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo received;
	int status;

	for (;;) {
		if (poll(sources, 2, -1) < 0 && errno != EINTR)
			end_group();
		if (sources[0].revents & (POLLHUP | POLLRDHUP))
			end_group();
		if (!(sources[1].revents & POLLIN))
			continue;
		if (read(signals, &received, sizeof(received)) != sizeof(received) || received.ssi_signo != SIGCHLD)
			end_group();
		if (waitpid(command, &status, WNOHANG) == command)
			return end_with(status);
	}
}

int supervise(const struct options *options)
{
	sigset_t caught;

	sigemptyset(&caught);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGHUP);
	sigaddset(&caught, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &caught, NULL) != 0)
		return failed("blocking signals");

	int signals = signalfd(-1, &caught, SFD_CLOEXEC);

	if (signals < 0)
		return failed("setting up signals");
	/* A group of its own, unless it was started as the leader of one: the group is what will be killed. */
	if (getpgrp() != getpid() && setpgid(0, 0) != 0)
		return failed("leading a process group");
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		return failed("asking for a signal when the parent dies");

	pid_t command = fork();

	if (command < 0)
		return failed("starting a process");
	if (command == 0)
		become_command(options, &caught);
	return watch(command, signals);
}
