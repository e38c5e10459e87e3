/* One replica. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "counters.h"
#include "memory.h"
#include "model.h"
#include "options.h"
#include "pool.h"
#include "registry.h"
#include "server.h"
#include "span.h"
#include "wake.h"

struct twin {
	struct options options;
	struct model model;
	const struct service *service;
	unsigned int service_index;
	struct wake wake;
	struct counters counters;
	struct memory memory;
	struct registry registry;
	/* By the number of the service that is called. */
	struct pool *pools;
	struct span_file spans;
	struct server server;
};
