/* The version of the running kernel. */
#pragma once

#include <stdio.h>
#include <sys/utsname.h>

static inline unsigned int version_number(unsigned int major, unsigned int minor)
{
	return major << 16 | minor;
}

/* 0 if the release does not begin with two numbers: then it counts as older than any. */
static inline unsigned int kernel_version(void)
{
	struct utsname names;
	unsigned int major = 0;
	unsigned int minor = 0;

	if (uname(&names) != 0 || sscanf(names.release, "%u.%u", &major, &minor) != 2)
		return 0;
	return version_number(major, minor);
}
