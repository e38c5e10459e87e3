#include "frame.h"

#include "model.h"

#define REQUEST_MAGIC 0x51524c53u
#define REPLY_MAGIC 0x50524c53u
#define VERSION 1
#define SAMPLED_FLAG 1
#define LAST_FLAG 1
#define LENGTH_BYTES 4

static void put(uint8_t *bytes, unsigned int count, uint64_t value)
{
	for (unsigned int index = 0; index < count; index++)
		bytes[index] = (uint8_t)(value >> (8 * index));
}

static uint64_t get(const uint8_t *bytes, unsigned int count)
{
	uint64_t value = 0;

	for (unsigned int index = 0; index < count; index++)
		value |= (uint64_t)bytes[index] << (8 * index);
	return value;
}

void put_request_frame(const struct request_frame *frame, uint8_t bytes[REQUEST_FRAME_BYTES])
{
	put(bytes, 4, REQUEST_FRAME_BYTES - LENGTH_BYTES);
	put(bytes + 4, 4, REQUEST_MAGIC);
	put(bytes + 8, 2, VERSION);
	put(bytes + 10, 2, frame->is_sampled ? SAMPLED_FLAG : 0);
	put(bytes + 12, 4, frame->operation);
	put(bytes + 16, 8, frame->request);
	put(bytes + 24, 4, frame->root_seed);
	put(bytes + 28, 4, frame->path_seed);
	put(bytes + 32, 4, frame->span);
	put(bytes + 36, 4, frame->parent);
}

bool parse_request_frame(const uint8_t bytes[REQUEST_FRAME_BYTES], struct request_frame *frame)
{
	uint64_t flags = get(bytes + 10, 2);

	if (get(bytes, 4) != REQUEST_FRAME_BYTES - LENGTH_BYTES || get(bytes + 4, 4) != REQUEST_MAGIC ||
	    get(bytes + 8, 2) != VERSION || flags > SAMPLED_FLAG)
		return false;
	*frame = (struct request_frame){
		.operation = (uint32_t)get(bytes + 12, 4),
		.request = get(bytes + 16, 8),
		.root_seed = (uint32_t)get(bytes + 24, 4),
		.path_seed = (uint32_t)get(bytes + 28, 4),
		.span = (uint32_t)get(bytes + 32, 4),
		.parent = (uint32_t)get(bytes + 36, 4),
		.is_sampled = flags == SAMPLED_FLAG,
	};
	return frame->span != 0;
}

void put_reply_head(const struct reply_head *head, uint8_t bytes[REPLY_HEAD_BYTES])
{
	put(bytes, 4, REPLY_HEAD_BYTES - LENGTH_BYTES + (uint64_t)head->body_bytes);
	put(bytes + 4, 4, REPLY_MAGIC);
	put(bytes + 8, 2, VERSION);
	put(bytes + 10, 1, head->kind);
	put(bytes + 11, 1, head->is_last ? LAST_FLAG : 0);
}

bool parse_reply_head(const uint8_t bytes[REPLY_HEAD_BYTES], struct reply_head *head)
{
	uint64_t length = get(bytes, 4);
	uint64_t kind = get(bytes + 10, 1);
	uint64_t flags = get(bytes + 11, 1);

	if (length < REPLY_HEAD_BYTES - LENGTH_BYTES || length > REPLY_HEAD_BYTES - LENGTH_BYTES + MOST_REPLY_BYTES ||
	    get(bytes + 4, 4) != REPLY_MAGIC || get(bytes + 8, 2) != VERSION || kind < REPLY_DONE ||
	    kind > REPLY_LEAVING || flags > LAST_FLAG)
		return false;
	*head = (struct reply_head){
		.kind = (enum reply_kind)kind,
		.is_last = flags == LAST_FLAG,
		.body_bytes = (uint32_t)(length - (REPLY_HEAD_BYTES - LENGTH_BYTES)),
	};
	/* Only what was done has something to show. */
	return kind == REPLY_DONE || head->body_bytes == 0;
}
