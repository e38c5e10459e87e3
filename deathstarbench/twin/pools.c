#include "pools.h"

#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "twin.h"

static uint64_t hash_text(uint64_t hash, const char *text)
{
	/* FNV-1a. */
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ull;
	return hash;
}

static uint64_t identity_of(const struct registry_entry *entry)
{
	return hash_text(0xcbf29ce484222325ull ^ entry->port, entry->replica);
}

void pools_set_replicas(void *argument, const struct registry_entry *entries, size_t count)
{
	struct twin *twin = argument;

	for (unsigned int service = 0; service < twin->model.service_count; service++) {
		struct pool_replica *replicas = calloc(count + 1, sizeof(*replicas));
		size_t used = 0;

		/* Without memory for news the old list stays. */
		if (!replicas)
			continue;
		for (size_t index = 0; index < count; index++) {
			if (strcmp(entries[index].service, twin->model.services[service].name) == 0)
				replicas[used++] = (struct pool_replica){ identity_of(&entries[index]), entries[index].port };
		}
		pool_set_replicas(&twin->pools[service], replicas, used);
	}
}

static void refresh_registry(void *argument)
{
	registry_refresh(argument);
}

bool open_pools(struct twin *twin)
{
	twin->pools = calloc(twin->model.service_count, sizeof(*twin->pools));
	if (!twin->pools)
		return false;
	for (unsigned int index = 0; index < twin->model.service_count; index++) {
		/* Callers that start together must not all begin with the same replica. */
		uint32_t first = derive_draw((uint32_t)hash_text(0xcbf29ce484222325ull, twin->options.replica), index);

		pool_open(&twin->pools[index], &twin->service->pool, first, refresh_registry, &twin->registry);
	}
	return true;
}
