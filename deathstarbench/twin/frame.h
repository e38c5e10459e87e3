/*
 * What services send each other. Numbers have their lowest byte first.
 *
 *   request  0 length of the rest  4 magic  8 version  10 flags  12 operation  16 request  24 root seed  28 path seed  32 span  36 parent
 *   reply    0 length of the rest  4 magic  8 version  10 kind   11 flags      12 as many bytes as the operation's reply has
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_FRAME_BYTES 40
#define REPLY_HEAD_BYTES 12

struct request_frame {
	uint32_t operation;
	/* Index in the schedule plus 1; 0 if nobody said. */
	uint64_t request;
	uint32_t root_seed;
	uint32_t path_seed;
	uint32_t span;
	uint32_t parent;
	bool is_sampled;
};

enum reply_kind {
	REPLY_DONE = 1,
	REPLY_FAILED = 2,
	/* No reply at all: the replica ends, and whoever holds this connection should ask no more on it. */
	REPLY_LEAVING = 3,
};

struct reply_head {
	enum reply_kind kind;
	/* The replica ends: no further request on this connection. */
	bool is_last;
	uint32_t body_bytes;
};

void put_request_frame(const struct request_frame *frame, uint8_t bytes[REQUEST_FRAME_BYTES]);
void put_reply_head(const struct reply_head *head, uint8_t bytes[REPLY_HEAD_BYTES]);

/* False if the bytes are none. */
bool parse_request_frame(const uint8_t bytes[REQUEST_FRAME_BYTES], struct request_frame *frame);
bool parse_reply_head(const uint8_t bytes[REPLY_HEAD_BYTES], struct reply_head *head);
