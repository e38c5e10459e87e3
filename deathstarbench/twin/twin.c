/* scalelab-twin: plays one service of a modelled application. */
#include "twin.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "burn.h"
#include "clock.h"
#include "control.h"
#include "http-peer.h"
#include "pools.h"

enum { EXIT_DONE = 0, EXIT_FAULT = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_CUT = 5 };

/* Callers that do not know yet that this replica ends may still connect, or ask a front on a connection that they kept; they are served. */
#define LATE_CALLERS_NS (100 * MS_NS)

/* What the main thread waits for. */
enum { FILE_SIGNALS, FILE_WAKE, FILE_REGISTRY, FILE_LISTENER, FILE_CONTROL, FILES = FILE_CONTROL + CONTROL_FILES };

enum phase { PHASE_STARTING, PHASE_SERVING, PHASE_DRAINING };

struct course {
	struct twin *twin;
	struct control control;
	int signals;
	enum phase phase;
	/* When the start-up time is over; when to end at the latest. */
	int64_t ready_at_ns;
	int64_t late_callers_until_ns;
	int64_t end_at_ns;
};

static struct twin twin;

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "scalelab-twin: %s: %s\n", what, why);
	return EXIT_REFUSED;
}

static int refuse_port(const char *why)
{
	char address[32];

	snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned int)twin.options.port);
	return refuse(address, why);
}

/* One thread for each connection, and a file for it and its statistics: more than the usual 1024. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

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

static int open_twin(struct course *course)
{
	struct options *options = &twin.options;
	int index = model_find_service(&twin.model, options->service);

	if (index < 0)
		return refuse(options->service, "no service of the model");
	twin.service_index = (unsigned int)index;
	twin.service = &twin.model.services[index];
	course->signals = open_signals();
	if (course->signals < 0 || !wake_open(&twin.wake))
		return refuse("signals", strerror(errno));
	if (!server_open(&twin.server, (uint16_t)options->port, twin.service->role == ROLE_FRONT,
			 twin.service->most_threads))
		return refuse_port(strerror(errno));
	if (!control_open(&course->control, options->control))
		return refuse(options->control, strerror(errno));
	if (!span_open(&twin.spans, &twin.wake, options->spans, options->spans_most_bytes, twin.service->name,
		       options->replica))
		return refuse(options->spans, strerror(errno));
	if (!open_pools(&twin) || !http_prepare(&twin) ||
	    !memory_open(&twin.memory, &twin.wake, twin.service->base_bytes, twin.service->request_bytes,
			 twin.service->kept_bytes))
		return refuse("memory", strerror(errno));
	if (!registry_open(&twin.registry, options->registry, pools_set_replicas, &twin))
		return refuse(options->registry, errno == EMFILE ? "cannot be watched, raise fs.inotify.max_user_instances" :
								   strerror(errno));
	return EXIT_DONE;
}

/* Another may have taken the port to listen on it first. False with errno, also if nobody hears that it is ready. */
static bool become_ready(struct course *course)
{
	if (!listener_listen(&twin.server.listener))
		return false;
	course->phase = PHASE_SERVING;
	printf("{\"type\":\"ready\",\"pid\":%d,\"port\":%u}\n", (int)getpid(), twin.server.listener.port);
	return fflush(stdout) == 0;
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* When the main thread has something to do although nothing happens; INT64_MAX for never. */
static int64_t next_deadline(struct course *course, int64_t now)
{
	int64_t at = earlier(span_flush_at(&twin.spans), memory_trim_at(&twin.memory));

	if (course->phase == PHASE_STARTING)
		at = earlier(at, course->ready_at_ns);
	else if (twin.server.retry_at_ns > now)
		at = earlier(at, twin.server.retry_at_ns);
	if (course->phase == PHASE_DRAINING) {
		at = earlier(at, course->end_at_ns);
		if (now < course->late_callers_until_ns)
			at = earlier(at, course->late_callers_until_ns);
	}
	return at;
}

static int wait_for_events(struct course *course, struct pollfd files[FILES])
{
	int64_t now = now_ns();
	int64_t left_ns = next_deadline(course, now);
	struct timespec timeout;

	files[FILE_SIGNALS] = (struct pollfd){ .fd = course->signals, .events = POLLIN };
	files[FILE_WAKE] = (struct pollfd){ .fd = twin.wake.file, .events = POLLIN };
	files[FILE_REGISTRY] = (struct pollfd){ .fd = twin.registry.notifications, .events = POLLIN };
	/* Without a thread for it a connection waits where it is. */
	files[FILE_LISTENER] = (struct pollfd){
		.fd = course->phase != PHASE_STARTING && server_has_room(&twin.server, now) ? twin.server.listener.file : -1,
		.events = POLLIN,
	};
	control_wait_for(&course->control, files + FILE_CONTROL);
	if (left_ns == INT64_MAX)
		return poll(files, FILES, -1);
	left_ns = left_ns > now ? left_ns - now : 0;
	timeout = (struct timespec){ .tv_sec = left_ns / SECOND_NS, .tv_nsec = left_ns % SECOND_NS };
	return ppoll(files, FILES, &timeout, NULL);
}

/* True if the replica must end at once. */
static bool take_signals(struct course *course)
{
	struct signalfd_siginfo received;

	while (read(course->signals, &received, sizeof(received)) == sizeof(received)) {
		int64_t now = now_ns();

		if (course->phase != PHASE_SERVING)
			return true;
		course->phase = PHASE_DRAINING;
		course->late_callers_until_ns = now + LATE_CALLERS_NS;
		course->end_at_ns = now + twin.model.drain_limit_ns;
		server_drain(&twin);
	}
	return false;
}

static bool has_finished(struct course *course, int64_t now)
{
	if (course->phase != PHASE_DRAINING)
		return false;
	if (now >= course->end_at_ns)
		return true;
	/* Nobody can connect any more to a front. */
	if (now < course->late_callers_until_ns && !twin.server.listener.is_shared)
		return false;
	return server_is_done(&twin);
}

/* While the replica ends. */
static void serve_the_last(struct course *course, int64_t now)
{
	server_accept(&twin);
	if (now >= course->late_callers_until_ns && twin.server.listener.is_shared)
		server_close_idle(&twin.server);
}

static int end(struct course *course)
{
	unsigned int cut = server_busy(&twin.server);

	span_flush(&twin.spans);
	control_close(&course->control);
	if (cut == 0)
		return EXIT_DONE;
	fprintf(stderr, "scalelab-twin: ended in the middle of %u %s\n", cut, cut == 1 ? "request" : "requests");
	return EXIT_CUT;
}

static int run(struct course *course)
{
	struct pollfd files[FILES];

	for (;;) {
		int events = wait_for_events(course, files);
		int64_t now = now_ns();

		if (events < 0 && errno != EINTR)
			return refuse("waiting for events", strerror(errno));
		if (events > 0) {
			if (files[FILE_WAKE].revents)
				wake_clear(&twin.wake);
			if (files[FILE_REGISTRY].revents)
				registry_notified(&twin.registry);
			if (files[FILE_LISTENER].revents)
				server_accept(&twin);
			control_serve(&course->control, files + FILE_CONTROL, &twin);
			if (files[FILE_SIGNALS].revents && take_signals(course))
				return end(course);
		}
		if (course->phase == PHASE_STARTING && now >= course->ready_at_ns && !become_ready(course))
			return refuse_port(strerror(errno));
		if (now >= span_flush_at(&twin.spans))
			span_flush(&twin.spans);
		if (now >= memory_trim_at(&twin.memory))
			memory_trim(&twin.memory, now);
		if (course->phase == PHASE_DRAINING)
			serve_the_last(course, now);
		if (has_finished(course, now))
			return end(course);
	}
}

static int serve(void)
{
	struct course course = { .twin = &twin, .phase = PHASE_STARTING };
	int64_t started_ns = now_ns();
	int status = open_twin(&course);

	if (status != EXIT_DONE)
		return status;
	calibrate_burn();
	course.ready_at_ns = started_ns + (twin.options.start_up_ms >= 0 ? twin.options.start_up_ms * MS_NS :
									   twin.service->start_up_ns);
	return run(&course);
}

int main(int count, char *words[])
{
	pid_t parent = getppid();
	struct model_problem problem;

	if (!parse_options(count, words, &twin.options)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	/* A replica that outlives the harness would keep its port and its memory. */
	if (!twin.options.is_check && (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent))
		return EXIT_FAULT;
	/* One heap for all threads: one for each would keep what nobody uses. */
	mallopt(M_ARENA_MAX, 1);
	if (!model_read(twin.options.model, &twin.model, &problem))
		return refuse(twin.options.model, problem.text);
	if (twin.options.is_check)
		return EXIT_DONE;
	raise_file_limit();
	return serve();
}
