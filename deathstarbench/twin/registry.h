/* Who is there to be called: a file with a line `service replica port` for each replica, replaced as a whole by the harness. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTRY_MOST_BYTES (1024u * 1024)
#define REGISTRY_MOST_NAME 63

struct registry_entry {
	char service[REGISTRY_MOST_NAME + 1];
	char replica[REGISTRY_MOST_NAME + 1];
	uint16_t port;
};

/* Parses the whole file; the entries are to be freed. Answers 0, or the number of the first line that is none; 0 and NULL if it is empty. */
unsigned int registry_parse(const char *text, size_t length, struct registry_entry **entries, size_t *count);

struct registry {
	const char *path;
	int notifications;
	/* So that an older reading never replaces a newer one. */
	pthread_mutex_t lock;
	void (*changed)(void *argument, const struct registry_entry *entries, size_t count);
	void *argument;
};

/* Watches the file, which need not be there yet, and reads it. False with errno if it cannot be watched. */
bool registry_open(struct registry *registry, const char *path,
		   void (*changed)(void *argument, const struct registry_entry *entries, size_t count), void *argument);

/* Reads the file and calls `changed`. A file that is missing or none of ours changes nothing. */
void registry_refresh(struct registry *registry);

/* To be called when `notifications` can be read: refreshes if it was the file that changed. */
void registry_notified(struct registry *registry);
