#include "memory.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include "clock.h"

#define PAGE_BYTES 4096u
#define CHUNK_BYTES (1024u * 1024)

/* At the start of the memory that it stands for. */
struct held {
	struct held *next;
};

static size_t whole_pages(uint64_t bytes)
{
	return (size_t)((bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
}

/* NULL if the system refuses. */
static void *map(size_t bytes, int flags)
{
	void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return start == MAP_FAILED ? NULL : start;
}

static void touch(char *start, size_t from, size_t to)
{
	for (size_t at = from; at < to; at += PAGE_BYTES)
		*(volatile char *)(start + at) = 1;
}

bool memory_open(struct memory *memory, struct wake *wake, uint64_t base_bytes, uint64_t request_bytes,
		 uint64_t kept_bytes)
{
	size_t base = whole_pages(base_bytes);

	*memory = (struct memory){
		.wake = wake,
		.request_bytes = whole_pages(request_bytes),
		.kept_bytes_per_request = kept_bytes,
		.trim_at_ns = NO_TRIM,
	};
	pthread_mutex_init(&memory->lock, NULL);
	/* In huge pages a byte more could be two megabytes more. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (base == 0)
		return true;

	char *start = map(base, 0);

	if (!start)
		return false;
	touch(start, 0, base);
	return true;
}

struct held *memory_take(struct memory *memory, bool *is_refused)
{
	struct held *held;

	*is_refused = false;
	if (memory->request_bytes == 0)
		return NULL;
	pthread_mutex_lock(&memory->lock);
	held = memory->spare;
	if (held) {
		memory->spare = held->next;
		memory->spare_count--;
		if (memory->spare_count < memory->least_spare)
			memory->least_spare = memory->spare_count;
	}
	pthread_mutex_unlock(&memory->lock);
	if (held)
		return held;
	held = map(memory->request_bytes, MAP_POPULATE);
	*is_refused = !held;
	return held;
}

void memory_give_back(struct memory *memory, struct held *held)
{
	bool is_first;

	if (!held)
		return;
	pthread_mutex_lock(&memory->lock);
	held->next = memory->spare;
	memory->spare = held;
	memory->spare_count++;
	is_first = memory->trim_at_ns == NO_TRIM;
	if (is_first) {
		memory->trim_at_ns = now_ns() + TRIM_NS;
		memory->least_spare = 0;
	}
	pthread_mutex_unlock(&memory->lock);
	if (is_first)
		wake_up(memory->wake);
}

bool memory_keep(struct memory *memory)
{
	uint64_t left = memory->kept_bytes_per_request;
	bool is_held = true;

	if (left == 0)
		return true;
	pthread_mutex_lock(&memory->lock);
	while (left > 0) {
		if (!memory->chunk || memory->chunk_used == CHUNK_BYTES) {
			char *chunk = map(CHUNK_BYTES, 0);

			is_held = chunk != NULL;
			if (!is_held)
				break;
			/* Nobody needs the one before any more, except to be there. */
			memory->chunk = chunk;
			memory->chunk_used = 0;
			memory->chunk_touched = 0;
		}

		size_t free_bytes = CHUNK_BYTES - memory->chunk_used;
		size_t part = left < free_bytes ? (size_t)left : free_bytes;

		memory->chunk_used += part;
		left -= part;
		touch(memory->chunk, memory->chunk_touched, memory->chunk_used);
		memory->chunk_touched = whole_pages(memory->chunk_used);
	}
	pthread_mutex_unlock(&memory->lock);
	return is_held;
}

int64_t memory_trim_at(struct memory *memory)
{
	int64_t at;

	pthread_mutex_lock(&memory->lock);
	at = memory->trim_at_ns;
	pthread_mutex_unlock(&memory->lock);
	return at;
}

void memory_trim(struct memory *memory, int64_t now)
{
	struct held *unneeded = NULL;

	pthread_mutex_lock(&memory->lock);
	for (; memory->least_spare > 0; memory->least_spare--) {
		struct held *held = memory->spare;

		memory->spare = held->next;
		memory->spare_count--;
		held->next = unneeded;
		unneeded = held;
	}
	memory->least_spare = memory->spare_count;
	memory->trim_at_ns = memory->spare_count > 0 ? now + TRIM_NS : NO_TRIM;
	pthread_mutex_unlock(&memory->lock);
	while (unneeded) {
		struct held *next = unneeded->next;

		munmap(unneeded, memory->request_bytes);
		unneeded = next;
	}
}
