#include "call.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "demand.h"
#include "twin.h"

#define PIECE_BYTES 16384

enum call_state { CALL_WAITING, CALL_SENT, CALL_DONE, CALL_FAILED };

/* One call of a step. */
struct exchange {
	struct pool *pool;
	struct connection *connection;
	const struct call *call;
	enum call_state state;
	/* What of the answer's head is there. */
	uint8_t head[REPLY_HEAD_BYTES];
	unsigned int head_bytes;
	bool has_head;
	enum reply_kind kind;
	uint32_t body_left;
	/* The replica ends: its connection is of no more use. */
	bool is_last;
};

struct step_calls {
	const struct request_frame *request;
	uint32_t seed;
	struct exchange exchanges[MOST_PARALLEL];
	unsigned int count;
	int64_t begun_ns;
	/* Of the first call; 0 while none was sent. */
	int64_t sent_ns;
	/* Waiting for connections: altogether, and since the first call was sent. */
	int64_t connection_ns;
	int64_t connection_since_sent_ns;
};

static void send_call(struct step_calls *calls, struct exchange *exchange)
{
	unsigned int number = (unsigned int)(exchange - calls->exchanges);
	struct request_frame frame = *calls->request;
	uint8_t bytes[REQUEST_FRAME_BYTES];

	if (calls->sent_ns == 0)
		calls->sent_ns = now_ns();
	frame.operation = exchange->call->operation;
	frame.path_seed = call_seed(calls->seed, number);
	frame.span = calls->request->span + exchange->call->span_offset;
	frame.parent = calls->request->span;
	put_request_frame(&frame, bytes);
	if (send(exchange->connection->file, bytes, sizeof(bytes), MSG_NOSIGNAL) == sizeof(bytes)) {
		exchange->state = CALL_SENT;
		return;
	}
	pool_give_back(exchange->pool, exchange->connection, false);
	exchange->state = CALL_FAILED;
}

static void finish(struct exchange *exchange, enum call_state state)
{
	pool_give_back(exchange->pool, exchange->connection, state == CALL_DONE && !exchange->is_last);
	/* It was done, or it was refused in good order. */
	exchange->state = state == CALL_DONE && exchange->kind == REPLY_DONE ? CALL_DONE : CALL_FAILED;
}

static bool take_head(struct exchange *exchange, const uint8_t **bytes, size_t *length)
{
	size_t wanted = REPLY_HEAD_BYTES - exchange->head_bytes;
	size_t part = *length < wanted ? *length : wanted;
	struct reply_head head;

	memcpy(exchange->head + exchange->head_bytes, *bytes, part);
	exchange->head_bytes += (unsigned int)part;
	*bytes += part;
	*length -= part;
	if (exchange->head_bytes < REPLY_HEAD_BYTES)
		return true;
	if (!parse_reply_head(exchange->head, &head))
		return false;
	exchange->head_bytes = 0;
	exchange->is_last = exchange->is_last || head.is_last || head.kind == REPLY_LEAVING;
	/* It said that it ends just when we asked, and answers all the same. */
	if (head.kind == REPLY_LEAVING)
		return true;
	exchange->has_head = true;
	exchange->kind = head.kind;
	exchange->body_left = head.body_bytes;
	return true;
}

static void take_bytes(struct exchange *exchange, const uint8_t *bytes, size_t length)
{
	while (!exchange->has_head && length > 0) {
		if (!take_head(exchange, &bytes, &length)) {
			finish(exchange, CALL_FAILED);
			return;
		}
	}
	if (!exchange->has_head)
		return;
	if (length < exchange->body_left) {
		exchange->body_left -= (uint32_t)length;
		return;
	}
	/* What follows an answer can only be that the replica ends. */
	if (length > exchange->body_left)
		exchange->is_last = true;
	finish(exchange, CALL_DONE);
}

static void receive(struct exchange *exchange, int flags)
{
	uint8_t piece[PIECE_BYTES];
	ssize_t length = recv(exchange->connection->file, piece, sizeof(piece), flags);

	if (length > 0)
		take_bytes(exchange, piece, (size_t)length);
	else if (length == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
		finish(exchange, CALL_FAILED);
}

static unsigned int count_of(const struct step_calls *calls, enum call_state state)
{
	unsigned int count = 0;

	for (unsigned int index = 0; index < calls->count; index++)
		count += calls->exchanges[index].state == state;
	return count;
}

static void stop_waiting(struct step_calls *calls, struct exchange *exchange, enum take_result result)
{
	atomic_fetch_sub_explicit(&exchange->pool->waiting, 1, memory_order_relaxed);
	if (result == TAKE_DONE)
		send_call(calls, exchange);
	else
		exchange->state = CALL_FAILED;
}

static void count_wait(struct step_calls *calls, int64_t since_ns)
{
	int64_t took_ns = now_ns() - since_ns;

	calls->connection_ns += took_ns;
	if (calls->sent_ns != 0)
		calls->connection_since_sent_ns += took_ns;
}

/* Asks every pool for a connection, and sends on those that there are. */
static void send_what_can_be(struct step_calls *calls)
{
	for (unsigned int index = 0; index < calls->count; index++) {
		struct exchange *exchange = &calls->exchanges[index];
		int64_t since_ns = now_ns();
		enum take_result result;

		if (exchange->state != CALL_WAITING)
			continue;
		result = pool_try_take(exchange->pool, &exchange->connection);
		count_wait(calls, since_ns);
		if (result != TAKE_ALL_BUSY)
			stop_waiting(calls, exchange, result);
	}
}

/* For the first that has no connection; from the beginning of the step it may take as long as the model says. */
static void wait_for_connection(struct step_calls *calls)
{
	for (unsigned int index = 0; index < calls->count; index++) {
		struct exchange *exchange = &calls->exchanges[index];
		int64_t since_ns = now_ns();
		enum take_result result;

		if (exchange->state != CALL_WAITING)
			continue;
		result = pool_take(exchange->pool, calls->begun_ns + exchange->pool->limits->wait_ns, &exchange->connection);
		count_wait(calls, since_ns);
		stop_waiting(calls, exchange, result);
		return;
	}
}

static void poll_answers(struct step_calls *calls)
{
	struct exchange *polled[MOST_PARALLEL];
	struct pollfd files[MOST_PARALLEL];
	unsigned int count = 0;

	for (unsigned int index = 0; index < calls->count; index++) {
		if (calls->exchanges[index].state != CALL_SENT)
			continue;
		polled[count] = &calls->exchanges[index];
		files[count] = (struct pollfd){ .fd = polled[count]->connection->file, .events = POLLIN };
		count++;
	}
	if (poll(files, count, -1) < 0)
		return;
	for (unsigned int index = 0; index < count; index++) {
		if (files[index].revents)
			receive(polled[index], MSG_DONTWAIT);
	}
}

/* Until an answer is complete, because only then a connection can be free that was not before. */
static void wait_for_answer(struct step_calls *calls)
{
	unsigned int sent = count_of(calls, CALL_SENT);

	while (count_of(calls, CALL_SENT) == sent) {
		if (sent > 1) {
			poll_answers(calls);
			continue;
		}
		for (unsigned int index = 0; index < calls->count; index++) {
			if (calls->exchanges[index].state == CALL_SENT)
				receive(&calls->exchanges[index], 0);
		}
	}
}

/* Until every call is done or has failed. */
static void settle(struct step_calls *calls)
{
	for (;;) {
		send_what_can_be(calls);
		if (count_of(calls, CALL_SENT) > 0)
			wait_for_answer(calls);
		else if (count_of(calls, CALL_WAITING) > 0)
			wait_for_connection(calls);
		else
			return;
	}
}

bool make_calls(struct twin *twin, const struct step *step, uint32_t step_seed, const struct request_frame *request,
		struct spent *spent)
{
	struct step_calls calls = {
		.request = request,
		.seed = step_seed,
		.count = step->call_count,
		.begun_ns = now_ns(),
	};

	for (unsigned int index = 0; index < calls.count; index++) {
		struct exchange *exchange = &calls.exchanges[index];

		exchange->call = &step->calls[index];
		exchange->pool = &twin->pools[exchange->call->service];
		atomic_fetch_add_explicit(&exchange->pool->waiting, 1, memory_order_relaxed);
	}
	settle(&calls);
	spent->connection_ns += calls.connection_ns;
	if (calls.sent_ns != 0)
		spent->downstream_ns += now_ns() - calls.sent_ns - calls.connection_since_sent_ns;
	return count_of(&calls, CALL_FAILED) == 0;
}
