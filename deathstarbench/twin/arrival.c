#include "arrival.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"

/* More can only mean that somebody set the clock. */
#define LONGEST_AGE_NS (100 * SECOND_NS)

void note_arrivals(int file)
{
	int on = 1;

	setsockopt(file, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

/* The kernel notes wall-clock time. */
static int64_t to_monotonic(const struct timespec *noted)
{
	/* In this order: whatever comes between the two makes it later, never earlier than bytes were sent. */
	int64_t wall_ns = clock_ns(CLOCK_REALTIME);
	int64_t monotonic_ns = now_ns();
	int64_t age_ns = wall_ns - ((int64_t)noted->tv_sec * SECOND_NS + noted->tv_nsec);

	return age_ns < 0 || age_ns > LONGEST_AGE_NS ? monotonic_ns : monotonic_ns - age_ns;
}

ssize_t receive_noted(int file, void *bytes, size_t size, int64_t *arrived_ns)
{
	struct iovec part = { bytes, size };
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr header;
	} notes;
	struct msghdr message;
	ssize_t length;

	do {
		message = (struct msghdr){
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = &notes,
			.msg_controllen = sizeof(notes),
		};
		length = recvmsg(file, &message, 0);
	} while (length < 0 && errno == EINTR);
	*arrived_ns = now_ns();
	if (length <= 0)
		return length;
	for (struct cmsghdr *note = CMSG_FIRSTHDR(&message); note; note = CMSG_NXTHDR(&message, note)) {
		struct timespec noted;

		if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS ||
		    note->cmsg_len < CMSG_LEN(sizeof(noted)))
			continue;
		memcpy(&noted, CMSG_DATA(note), sizeof(noted));
		*arrived_ns = to_monotonic(&noted);
	}
	return length;
}
