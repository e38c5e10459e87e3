#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

/* Names have at most 63 characters, numbers at most 24. */
#define MOST_LINE 512

static bool write_all(int file, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

bool span_open(struct span_file *spans, struct wake *wake, const char *path, uint64_t most_bytes, const char *service,
	       const char *replica)
{
	char line[MOST_LINE];
	struct stat status;
	/* A line that its writer could not finish ends here. */
	int length = snprintf(line, sizeof(line), "\nscalelab-spans 1 %s %s\n", service, replica);
	bool is_new;

	spans->wake = wake;
	spans->most_bytes = most_bytes;
	spans->flush_at_ns = NO_FLUSH;
	pthread_mutex_init(&spans->lock, NULL);
	pthread_mutex_init(&spans->writing, NULL);
	spans->file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (spans->file < 0 || fstat(spans->file, &status) != 0)
		return false;
	is_new = status.st_size == 0;
	spans->size = (uint64_t)status.st_size + (uint64_t)length - (is_new ? 1 : 0);
	return write_all(spans->file, line + is_new, (size_t)length - is_new);
}

static int format(const struct span *span, char line[MOST_LINE])
{
	char wait[24] = "-";

	if (span->wait_ns >= 0)
		snprintf(wait, sizeof(wait), "%" PRId64, span->wait_ns);
	return snprintf(line, MOST_LINE,
			"%" PRIu64 " %" PRIu32 " %" PRIu32 " %s %" PRId64 " %" PRId64 " %" PRId64 " %s %" PRId64
			" %" PRId64 " %d %.17g\n",
			span->request, span->id, span->parent, span->operation, span->start_ns, span->end_ns,
			span->cpu_ns, wait, span->connection_ns, span->downstream_ns, span->is_error,
			span->demand_micros);
}

/* Takes the lock only for as long as it needs to change buffers. */
static void flush_buffer(struct span_file *spans)
{
	struct span_buffer *full;

	pthread_mutex_lock(&spans->writing);
	pthread_mutex_lock(&spans->lock);
	full = &spans->buffers[spans->filled];
	spans->filled = 1 - spans->filled;
	spans->flush_at_ns = NO_FLUSH;
	pthread_mutex_unlock(&spans->lock);
	if (!write_all(spans->file, full->bytes, full->used)) {
		/* The disk is full. A line was perhaps cut, so nothing may follow it. */
		pthread_mutex_lock(&spans->lock);
		spans->has_failed = true;
		pthread_mutex_unlock(&spans->lock);
		atomic_fetch_add_explicit(&spans->dropped, full->spans, memory_order_relaxed);
	}
	full->used = 0;
	full->spans = 0;
	pthread_mutex_unlock(&spans->writing);
}

void span_append(struct span_file *spans, const struct span *span)
{
	char line[MOST_LINE];
	size_t length = (size_t)format(span, line);
	bool is_first = false;

	pthread_mutex_lock(&spans->lock);
	while (spans->buffers[spans->filled].used + length > SPAN_BUFFER_BYTES) {
		pthread_mutex_unlock(&spans->lock);
		flush_buffer(spans);
		pthread_mutex_lock(&spans->lock);
	}
	if (spans->has_failed || spans->size + length > spans->most_bytes) {
		atomic_fetch_add_explicit(&spans->dropped, 1, memory_order_relaxed);
	} else {
		struct span_buffer *buffer = &spans->buffers[spans->filled];

		memcpy(buffer->bytes + buffer->used, line, length);
		buffer->used += length;
		buffer->spans++;
		spans->size += length;
		is_first = spans->flush_at_ns == NO_FLUSH;
		if (is_first)
			spans->flush_at_ns = now_ns() + SPAN_FLUSH_NS;
	}
	pthread_mutex_unlock(&spans->lock);
	if (is_first)
		wake_up(spans->wake);
}

int64_t span_flush_at(struct span_file *spans)
{
	int64_t at;

	pthread_mutex_lock(&spans->lock);
	at = spans->flush_at_ns;
	pthread_mutex_unlock(&spans->lock);
	return at;
}

void span_flush(struct span_file *spans)
{
	flush_buffer(spans);
}
