#include "capabilities.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

/* Not in every distribution's headers. */
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/*
 * The bounding set limits what a later exec could give. Taking from it needs CAP_SETPCAP; without that, no_new_privs
 * alone keeps an exec from giving anything, so it is said but is no failure.
 */
static void drop_bounding_set(void)
{
	for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
			fprintf(stderr, "scalelab-runq: the bounding set stays, only no_new_privs is set: %s\n",
				strerror(errno));
			return;
		}
	}
}

int drop_capabilities(bool keep_bpf)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return errno;
	/* Kernels without ambient capabilities have none to clear. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
		return errno;
	drop_bounding_set();
	if (keep_bpf) {
		data[CAP_TO_INDEX(CAP_BPF)].effective = CAP_TO_MASK(CAP_BPF);
		data[CAP_TO_INDEX(CAP_BPF)].permitted = CAP_TO_MASK(CAP_BPF);
	}
	/* glibc has no wrapper for it; libcap would be one more library to link for a single call. */
	return syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}
