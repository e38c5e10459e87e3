/* Running another program so that nothing of it is left behind. */
#pragma once

#include "options.h"

/*
 * Runs the command in the cgroups, and returns its exit status, or 128 plus the signal that ended it. When this process is
 * told to end, its standard input closes or its parent dies, everything that the command started ends too.
 */
int supervise(const struct options *options);
