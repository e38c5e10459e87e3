#include "request.h"

#include <fcntl.h>
#include <unistd.h>

#include "burn.h"
#include "call.h"
#include "clock.h"
#include "demand.h"
#include "twin.h"

#define MICROSECOND_NS 1000.0
/* Eleven days: a model may ask for more than fits into a number of nanoseconds. */
#define MOST_BURN_NS 1e15

enum { SCHEDSTAT_NOT_OPENED = -1, SCHEDSTAT_MISSING = -2 };

void worker_open(struct worker *worker)
{
	/* Its start counts towards its first demand. */
	*worker = (struct worker){ .schedstat = SCHEDSTAT_NOT_OPENED };
}

void worker_close(struct worker *worker)
{
	if (worker->schedstat >= 0)
		close(worker->schedstat);
}

void worker_write_off(struct worker *worker)
{
	worker->accounted_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* Since the start of the thread; -1 if the kernel does not say. */
static int64_t run_queue_wait_ns(struct worker *worker)
{
	char text[128];
	int64_t wait_ns = 0;
	ssize_t length;
	ssize_t at = 0;

	if (worker->schedstat == SCHEDSTAT_NOT_OPENED) {
		worker->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
		if (worker->schedstat < 0)
			worker->schedstat = SCHEDSTAT_MISSING;
	}
	if (worker->schedstat < 0)
		return -1;
	length = pread(worker->schedstat, text, sizeof(text), 0);
	while (at < length && text[at] != ' ')
		at++;
	if (at++ >= length)
		return -1;
	for (; at < length && text[at] >= '0' && text[at] <= '9'; at++)
		wait_ns = (int64_t)((uint64_t)wait_ns * 10 + (uint64_t)(text[at] - '0'));
	return wait_ns;
}

static bool run_steps(struct twin *twin, const struct step_list *list, uint32_t list_seed,
		      const struct request_frame *request, struct spent *spent)
{
	for (unsigned int index = 0; index < list->count; index++) {
		const struct step *step = &list->steps[index];
		uint32_t seed = step_seed(list_seed, index);
		uint32_t chosen_seed;
		bool is_done;

		if (step->kind == STEP_CHOICE) {
			const struct step_list *chosen = choose_steps(step, seed, &chosen_seed);

			is_done = run_steps(twin, chosen, chosen_seed, request, spent);
		} else {
			is_done = make_calls(twin, step, seed, request, spent);
		}
		if (!is_done)
			return false;
	}
	return true;
}

/*
 * Whatever the thread does is part of the demand, as in the measurements that demands are from: sending its last answer, receiving this
 * request, calling others. Who needs more than was drawn takes no less the next time.
 */
static bool execute(struct twin *twin, struct worker *worker, const struct operation *operation,
		    const struct request_frame *request, struct spent *spent)
{
	double micros = draw_demand(&twin->model, operation, request->root_seed, request->path_seed);
	double ns = micros * MICROSECOND_NS < MOST_BURN_NS ? micros * MICROSECOND_NS : MOST_BURN_NS;
	int64_t from_ns = worker->accounted_ns;

	spent->demand_micros = micros;
	if (operation->steps.count > 0) {
		burn_until(from_ns + (int64_t)(ns * twin->model.cpu_first_share));
		if (!run_steps(twin, &operation->steps, request->path_seed, request, spent))
			return false;
	}
	worker->accounted_ns = burn_until(from_ns + (int64_t)ns);
	return true;
}

static bool execute_with_memory(struct twin *twin, struct worker *worker, const struct operation *operation,
				const struct request_frame *request, struct spent *spent)
{
	bool is_refused;
	struct held *held = memory_take(&twin->memory, &is_refused);
	bool is_done =
		!is_refused && execute(twin, worker, operation, request, spent) && memory_keep(&twin->memory);

	memory_give_back(&twin->memory, held);
	/* Its demand was not used up, and the next one's is its own. */
	if (!is_done)
		worker_write_off(worker);
	return is_done;
}

/* What a sampled request leaves behind. */
static void leave_span(struct twin *twin, const struct operation *operation, const struct request_frame *request,
		       struct span *span)
{
	span->request = request->request - 1;
	span->id = request->span;
	span->parent = request->parent;
	span->operation = operation->name;
	span_append(&twin->spans, span);
}

bool answer_request(struct twin *twin, struct worker *worker, const struct operation *operation,
		    const struct request_frame *request)
{
	bool is_sampled = request->is_sampled && request->request > 0;
	int64_t begun_ns = is_sampled ? now_ns() : 0;
	int64_t wait_ns = is_sampled ? run_queue_wait_ns(worker) : -1;
	int64_t cpu_ns = is_sampled ? clock_ns(CLOCK_THREAD_CPUTIME_ID) : 0;
	struct spent spent = { 0 };
	bool is_done;

	/* Nobody asks again before the last answer; somebody may have set the clock from which arrivals are. */
	if (worker->arrived_ns < worker->answered_ns)
		worker->arrived_ns = worker->answered_ns;
	count_arrival(&twin->counters);
	is_done = execute_with_memory(twin, worker, operation, request, &spent);
	if (is_sampled) {
		cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns;
		/* From its arrival on it could have run. */
		if (wait_ns >= 0)
			wait_ns = run_queue_wait_ns(worker) - wait_ns + begun_ns - worker->arrived_ns;
	}
	worker->answered_ns = now_ns();
	count_answer(&twin->counters, worker->arrived_ns, worker->answered_ns, !is_done);
	if (is_sampled)
		leave_span(twin, operation, request,
			   &(struct span){
				   .start_ns = worker->arrived_ns,
				   .end_ns = worker->answered_ns,
				   .cpu_ns = cpu_ns,
				   .wait_ns = wait_ns,
				   .connection_ns = spent.connection_ns,
				   .downstream_ns = spent.downstream_ns,
				   .demand_micros = spent.demand_micros,
				   .is_error = !is_done,
			   });
	return is_done;
}
