#include "registry.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static bool take_word(const char **at, const char *end, char ends_with, char *word, size_t size)
{
	const char *found = memchr(*at, ends_with, (size_t)(end - *at));
	size_t length;

	if (!found || found == *at || (size_t)(found - *at) >= size)
		return false;
	length = (size_t)(found - *at);
	for (size_t index = 0; index < length; index++) {
		if ((*at)[index] <= ' ' || (*at)[index] > '~')
			return false;
	}
	memcpy(word, *at, length);
	word[length] = '\0';
	*at = found + 1;
	return true;
}

static bool parse_port(const char *digits, uint16_t *port)
{
	unsigned int value = 0;

	for (; *digits != '\0'; digits++) {
		if (*digits < '0' || *digits > '9')
			return false;
		value = value * 10 + (unsigned int)(*digits - '0');
	}
	*port = (uint16_t)value;
	return value > 0 && value <= UINT16_MAX;
}

static bool parse_line(const char **at, const char *end, struct registry_entry *entry)
{
	/* Five digits at most, so that the number fits. */
	char port[6];

	return take_word(at, end, ' ', entry->service, sizeof(entry->service)) &&
	       take_word(at, end, ' ', entry->replica, sizeof(entry->replica)) &&
	       take_word(at, end, '\n', port, sizeof(port)) && parse_port(port, &entry->port);
}

unsigned int registry_parse(const char *text, size_t length, struct registry_entry **entries, size_t *count)
{
	const char *at = text;
	const char *end = text + length;
	size_t lines = 0;

	*entries = NULL;
	*count = 0;
	for (size_t index = 0; index < length; index++)
		lines += text[index] == '\n';
	if (lines > 0)
		*entries = calloc(lines, sizeof(**entries));
	if (lines > 0 && !*entries)
		return 1;
	for (; at < end; (*count)++) {
		/* The last line may be cut: then it is not among those that were counted. */
		if (*count < lines && parse_line(&at, end, &(*entries)[*count]))
			continue;
		free(*entries);
		*entries = NULL;
		return (unsigned int)*count + 1;
	}
	return 0;
}

/* NULL if there is none of at most REGISTRY_MOST_BYTES. */
static char *read_whole(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *text;

	if (!file)
		return NULL;
	text = malloc(REGISTRY_MOST_BYTES + 1);
	if (text) {
		*length = fread(text, 1, REGISTRY_MOST_BYTES + 1, file);
		if (ferror(file) || *length > REGISTRY_MOST_BYTES) {
			free(text);
			text = NULL;
		}
	}
	fclose(file);
	return text;
}

void registry_refresh(struct registry *registry)
{
	struct registry_entry *entries;
	size_t length = 0;
	size_t count;
	char *text;

	pthread_mutex_lock(&registry->lock);
	text = read_whole(registry->path, &length);
	if (text) {
		unsigned int line = registry_parse(text, length, &entries, &count);

		if (line == 0)
			registry->changed(registry->argument, entries, count);
		else
			fprintf(stderr, "scalelab-twin: line %u of %s is not `service replica port`\n", line,
				registry->path);
		free(entries);
		free(text);
	}
	pthread_mutex_unlock(&registry->lock);
}

bool registry_open(struct registry *registry, const char *path,
		   void (*changed)(void *argument, const struct registry_entry *entries, size_t count), void *argument)
{
	char folder[PATH_MAX];

	*registry = (struct registry){ .path = path, .changed = changed, .argument = argument };
	pthread_mutex_init(&registry->lock, NULL);
	if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
		return false;
	registry->notifications = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	/* Of the folder, because each version is another file; of moves alone, so that nobody wakes up when one is written. */
	if (registry->notifications < 0 || inotify_add_watch(registry->notifications, dirname(folder), IN_MOVED_TO) < 0)
		return false;
	registry_refresh(registry);
	return true;
}

void registry_notified(struct registry *registry)
{
	/* At least one event with the longest name. */
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const char *slash = strrchr(registry->path, '/');
	const char *name = slash ? slash + 1 : registry->path;
	bool is_ours = false;
	ssize_t length;

	while ((length = read(registry->notifications, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < length;) {
			const struct inotify_event *event = (const struct inotify_event *)(buffer + at);

			/* After an overflow nobody knows. */
			if (event->mask & IN_Q_OVERFLOW || (event->len > 0 && strcmp(event->name, name) == 0))
				is_ours = true;
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	if (is_ours)
		registry_refresh(registry);
}
