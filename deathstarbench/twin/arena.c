#include "arena.h"

#include <stdlib.h>

#define BLOCK_BYTES (32u * 1024)
#define ALIGNMENT sizeof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	max_align_t bytes[];
};

static struct arena_block *add_block(struct arena *arena, size_t wanted)
{
	size_t size = wanted > BLOCK_BYTES ? wanted : BLOCK_BYTES;
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > arena->most_bytes)
		return NULL;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (bytes > arena->most_bytes - arena->used_bytes)
		return NULL;

	struct arena_block *block = arena->blocks;

	if (!block || bytes > block->size - block->used)
		block = add_block(arena, bytes);
	if (!block)
		return NULL;

	char *start = (char *)block->bytes + block->used;

	block->used += bytes;
	arena->used_bytes += bytes;
	return start;
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	arena->used_bytes = 0;
}
