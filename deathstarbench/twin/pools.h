/* The pools of a replica, one for each service that it may call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "registry.h"

struct twin;

/* False if there is no memory. */
bool open_pools(struct twin *twin);

/* Every pool gets the replicas of its service, in the order of the file. `argument` is the twin. */
void pools_set_replicas(void *argument, const struct registry_entry *entries, size_t count);
