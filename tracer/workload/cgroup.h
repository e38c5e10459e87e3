/* Entering cgroups. */
#pragma once

#include "options.h"

/* Moves this process into each cgroup. Returns 0, or 3 after a message that names the file that refused. */
int enter_cgroups(const struct options *options);
