#include "http-peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "arrival.h"
#include "clock.h"
#include "counters.h"
#include "demand.h"
#include "http-reply.h"
#include "http.h"
#include "request.h"
#include "trace-context.h"
#include "twin.h"

#define FIRST_BUFFER_BYTES 4096u
#define LARGEST_BUFFER_BYTES (HTTP_MOST_HEAD + HTTP_MOST_BODY)
/* How much of what a refused caller still sends is read, so that it gets to see the refusal. */
#define MOST_LINGER_BYTES (1024u * 1024)
#define LINGER_MS 500

/* By the number of the endpoint. */
static char **bodies;

struct buffer {
	char *bytes;
	size_t size;
	size_t used;
};

struct answer {
	int status;
	bool is_json;
	/* For 405. */
	const char *allow;
	const char *body;
	size_t body_bytes;
};

bool http_prepare(const struct twin *twin)
{
	const struct model *model = &twin->model;

	bodies = calloc(model->endpoint_count + 1, sizeof(*bodies));
	for (unsigned int index = 0; bodies && index < model->endpoint_count; index++) {
		const struct endpoint *endpoint = &model->endpoints[index];
		uint32_t bytes;

		if (endpoint->service != twin->service_index)
			continue;
		bytes = twin->service->operations[endpoint->operation].reply_bytes;
		bodies[index] = endpoint->words ? make_text(endpoint->words, bytes) : make_posts(bytes);
		if (!bodies[index])
			return false;
	}
	return bodies != NULL;
}

static struct answer say(int status, const char *words)
{
	return (struct answer){ .status = status, .body = words, .body_bytes = strlen(words) };
}

/* The endpoint of this method and path, or why there is none. */
static const struct endpoint *find_endpoint(const struct twin *twin, const struct http_request *request,
					    struct answer *answer)
{
	*answer = say(404, http_reason(404));
	for (unsigned int index = 0; index < twin->model.endpoint_count; index++) {
		const struct endpoint *endpoint = &twin->model.endpoints[index];

		if (endpoint->service != twin->service_index || !text_equals(request->path, endpoint->path))
			continue;
		if (text_equals(request->method, endpoint->method))
			return endpoint;
		*answer = say(405, http_reason(405));
		answer->allow = endpoint->method;
	}
	return NULL;
}

static bool is_complete(const struct endpoint *endpoint, const struct http_request *request)
{
	struct text form = strcmp(endpoint->method, "GET") == 0 ? request->query : request->body;

	for (unsigned int index = 0; index < endpoint->parameter_count; index++) {
		if (!form_has(form, endpoint->parameters[index]))
			return false;
	}
	return true;
}

/* Work of its own for whoever does not say which request it is. */
static uint32_t unnamed_seed(void)
{
	static atomic_uint next;

	return atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
}

static struct answer answer_http(struct twin *twin, struct worker *worker, const struct http_request *request)
{
	struct request_frame frame = { .span = 1 };
	struct trace_context context;
	struct answer answer;
	const struct endpoint *endpoint = find_endpoint(twin, request, &answer);
	const struct operation *operation;

	if (!endpoint)
		return answer;
	if (!is_complete(endpoint, request))
		return say(400, "Incomplete arguments");
	if (parse_trace_parent(request->trace_parent, &context)) {
		frame.request = context.request;
		frame.root_seed = context.seed;
		frame.is_sampled = context.is_sampled;
	} else {
		frame.root_seed = unnamed_seed();
	}
	frame.path_seed = first_path_seed(frame.root_seed);
	operation = &twin->service->operations[endpoint->operation];
	if (!answer_request(twin, worker, operation, &frame))
		return say(500, "A call of the application failed");
	return (struct answer){
		.status = 200,
		.is_json = !endpoint->words,
		.body = bodies[endpoint - twin->model.endpoints],
		.body_bytes = operation->reply_bytes,
	};
}

/* False if the connection ends with it. */
static bool reply(struct peer *peer, const struct answer *answer, bool keeps_connection)
{
	char head[HTTP_MOST_REPLY_HEAD];
	size_t head_bytes =
		http_reply_head(head, answer->status, answer->is_json, answer->allow, answer->body_bytes, keeps_connection);

	return send_answer(peer->file, head, head_bytes, answer->body, answer->body_bytes) && keeps_connection;
}

/* False at the end of the connection, or if there is no memory. */
static bool receive_more(int file, struct buffer *buffer, int64_t *arrived_ns)
{
	ssize_t length;

	if (buffer->used == buffer->size) {
		/* The parser refuses whatever would be larger. */
		size_t size = buffer->size * 2 < LARGEST_BUFFER_BYTES ? buffer->size * 2 : LARGEST_BUFFER_BYTES;
		char *bytes = buffer->used < size ? realloc(buffer->bytes, size) : NULL;

		if (!bytes)
			return false;
		buffer->bytes = bytes;
		buffer->size = size;
	}
	length = receive_noted(file, buffer->bytes + buffer->used, buffer->size - buffer->used, arrived_ns);
	if (length <= 0)
		return false;
	buffer->used += (size_t)length;
	return true;
}

static void drop_front(struct buffer *buffer, size_t bytes)
{
	buffer->used -= bytes;
	memmove(buffer->bytes, buffer->bytes + bytes, buffer->used);
}

/* To close while there is something to read would take back what was sent. */
static void linger(int file)
{
	struct timeval longest = { .tv_usec = LINGER_MS * 1000 };
	char piece[4096];
	size_t total = 0;
	ssize_t length;

	shutdown(file, SHUT_WR);
	setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
	while (total < MOST_LINGER_BYTES && (length = recv(file, piece, sizeof(piece), 0)) > 0)
		total += (size_t)length;
}

/* False if the connection ends. */
static bool serve_request(struct peer *peer, struct worker *worker, struct buffer *buffer)
{
	struct http_request request;
	struct answer answer;
	enum http_state state = HTTP_NEEDS_MORE;
	bool keeps_connection;
	bool is_refused;

	if (buffer->used == 0 && !peer_waits(peer))
		return false;
	/* Of a request that is there already, behind the one before. */
	worker->arrived_ns = now_ns();
	while (buffer->used == 0 || (state = http_parse(buffer->bytes, buffer->used, &request)) == HTTP_NEEDS_MORE) {
		if (!receive_more(peer->file, buffer, &worker->arrived_ns))
			return false;
	}
	peer_begins(peer);
	answer = state == HTTP_REFUSED ? say(request.status, http_reason(request.status)) :
					 answer_http(peer->twin, worker, &request);
	is_refused = answer.status != 200 && answer.status != 500;
	if (is_refused)
		count_refusal(&peer->twin->counters);
	keeps_connection = state != HTTP_REFUSED && request.keeps_connection &&
			   !atomic_load(&peer->twin->server.is_draining);
	keeps_connection = reply(peer, &answer, keeps_connection);
	peer_ends(peer, !keeps_connection);
	if (is_refused)
		worker_write_off(worker);
	if (keeps_connection)
		drop_front(buffer, request.bytes);
	else
		linger(peer->file);
	return keeps_connection;
}

void serve_http(struct peer *peer)
{
	struct buffer buffer = { .bytes = malloc(FIRST_BUFFER_BYTES), .size = FIRST_BUFFER_BYTES };
	struct worker worker;

	worker_open(&worker);
	while (buffer.bytes && serve_request(peer, &worker, &buffer))
		;
	worker_close(&worker);
	free(buffer.bytes);
}
