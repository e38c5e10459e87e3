#include "framed-peer.h"

#include "arrival.h"
#include "frame.h"
#include "request.h"
#include "twin.h"

/* False at the end of the connection. */
static bool receive_frame(int file, uint8_t bytes[REQUEST_FRAME_BYTES], int64_t *arrived_ns)
{
	size_t used = 0;

	while (used < REQUEST_FRAME_BYTES) {
		ssize_t length = receive_noted(file, bytes + used, REQUEST_FRAME_BYTES - used, arrived_ns);

		if (length <= 0)
			return false;
		used += (size_t)length;
	}
	return true;
}

static bool answer_frame(struct peer *peer, struct worker *worker, const uint8_t bytes[REQUEST_FRAME_BYTES])
{
	struct twin *twin = peer->twin;
	uint8_t head_bytes[REPLY_HEAD_BYTES];
	struct request_frame request;
	struct reply_head head;
	const struct operation *operation;
	bool is_sent;

	/* Whoever sends anything else is none of ours. */
	if (!parse_request_frame(bytes, &request) || request.operation >= twin->service->operation_count)
		return false;
	operation = &twin->service->operations[request.operation];
	peer_begins(peer);
	head.kind = answer_request(twin, worker, operation, &request) ? REPLY_DONE : REPLY_FAILED;
	head.body_bytes = head.kind == REPLY_DONE ? operation->reply_bytes : 0;
	head.is_last = atomic_load(&twin->server.is_draining);
	put_reply_head(&head, head_bytes);
	is_sent = send_answer(peer->file, head_bytes, sizeof(head_bytes), NULL, head.body_bytes);
	peer_ends(peer, head.is_last);
	return is_sent;
}

void serve_frames(struct peer *peer)
{
	uint8_t bytes[REQUEST_FRAME_BYTES];
	struct worker worker;

	worker_open(&worker);
	while (receive_frame(peer->file, bytes, &worker.arrived_ns) && answer_frame(peer, &worker, bytes))
		;
	worker_close(&worker);
}
