#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int enter_cgroups(const struct options *options)
{
	for (unsigned int index = 0; index < options->cgroup_count; index++) {
		const char *path = options->cgroup_procs[index];
		/* No O_CREAT: a mistyped path must not become a file. */
		int file = open(path, O_WRONLY | O_CLOEXEC);

		/* 0 is the process that writes, whatever it is called in the namespace of its numbers. */
		if (file < 0 || write(file, "0", 1) != 1) {
			fprintf(stderr, "scalelab-workload: cannot enter the cgroup of %s: %s\n", path, strerror(errno));
			return 3;
		}
		close(file);
	}
	return 0;
}
