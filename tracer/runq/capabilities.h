/* What the program may do once it has attached: nothing more than it needs. */
#pragma once

#include <stdbool.h>

/*
 * Gives up every capability, in every set, for good. `keep_bpf`: all but CAP_BPF. Returns 0, or an errno value if the
 * program could still do more than that.
 */
int drop_capabilities(bool keep_bpf);
