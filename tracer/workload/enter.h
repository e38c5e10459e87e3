/* Becoming another program, in its cgroups. */
#pragma once

#include "options.h"

/* Returns only if it could not: 1, 2 for a list of CPUs that is none, 3 for a cgroup or CPUs that refuse, 127 for the program. */
int enter(const struct options *options);
