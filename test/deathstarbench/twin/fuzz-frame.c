/* Any bytes as a frame: what is taken for one is written again as the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "registry.h"

static void check(int holds)
{
	if (!holds)
		abort();
}

static void try_request(const uint8_t *data, size_t size)
{
	uint8_t bytes[REQUEST_FRAME_BYTES] = { 0 };
	uint8_t written[REQUEST_FRAME_BYTES];
	struct request_frame frame;

	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	if (!parse_request_frame(bytes, &frame))
		return;
	check(frame.span != 0);
	put_request_frame(&frame, written);
	check(memcmp(bytes, written, sizeof(bytes)) == 0);
}

static void try_reply(const uint8_t *data, size_t size)
{
	uint8_t bytes[REPLY_HEAD_BYTES] = { 0 };
	uint8_t written[REPLY_HEAD_BYTES];
	struct reply_head head;

	memcpy(bytes, data, size < sizeof(bytes) ? size : sizeof(bytes));
	if (!parse_reply_head(bytes, &head))
		return;
	check(head.kind == REPLY_DONE || head.body_bytes == 0);
	put_reply_head(&head, written);
	check(memcmp(bytes, written, sizeof(bytes)) == 0);
}

static void try_registry(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct registry_entry *entries;
	size_t count;
	unsigned int line;

	memcpy(text, data, size);
	line = registry_parse(text, size, &entries, &count);
	check(line == 0 || !entries);
	for (size_t index = 0; line == 0 && index < count; index++)
		check(entries[index].port > 0 && entries[index].service[0] != '\0' && entries[index].replica[0] != '\0');
	free(entries);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_request(data, size);
	try_reply(data, size);
	try_registry(data, size);
	return 0;
}
