/* Memory that is taken bit by bit and given back all at once: what a parser builds. */
#pragma once

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used_bytes;
	size_t most_bytes;
};

/* Zeroed and aligned for anything; NULL if the arena has had its share or the system refuses. */
void *arena_take(struct arena *arena, size_t count, size_t size);

void arena_release(struct arena *arena);
