#include "http-reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_POSTS 10
/* Of a post without its text. */
#define MOST_FRAME 512

static const char post_start[] =
	"{\"post_id\":\"%018u\",\"creator\":{\"user_id\":\"%u\",\"username\":\"username_%u\"},\"req_id\":\"%018u\",\"text\":\"";
static const char post_end[] = "\",\"user_mentions\":[],\"media\":[],\"urls\":[],\"timestamp\":\"1700000000000\",\"post_type\":0}";

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 417, "Expectation Failed" },
		{ 431, "Request Header Fields Too Large" },
		{ 501, "Not Implemented" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t index = 0; index < sizeof(reasons) / sizeof(reasons[0]); index++) {
		if (reasons[index].status == status)
			return reasons[index].reason;
	}
	return "Internal Server Error";
}

size_t http_reply_head(char head[HTTP_MOST_REPLY_HEAD], int status, bool is_json, const char *allow, size_t body_bytes,
		       bool keeps_connection)
{
	int length = snprintf(head, HTTP_MOST_REPLY_HEAD,
			      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s%s%sConnection: %s\r\n\r\n",
			      status, http_reason(status), is_json ? "application/json" : "text/plain", body_bytes,
			      allow ? "Allow: " : "", allow ? allow : "", allow ? "\r\n" : "",
			      keeps_connection ? "keep-alive" : "close");

	/* The longest is about 170. */
	return length < 0 || length >= HTTP_MOST_REPLY_HEAD ? 0 : (size_t)length;
}

static size_t frame_of_post(unsigned int number, char frame[MOST_FRAME])
{
	int length = snprintf(frame, MOST_FRAME, post_start, number, number, number, number);

	return (size_t)length + strlen(post_end);
}

/* As many as fit with a text of some length, ten at most. */
static unsigned int count_of_posts(size_t bytes, size_t *text_bytes)
{
	char frame[MOST_FRAME];
	/* The brackets; each post then has a comma, but the last. */
	size_t frames = 1;
	unsigned int count = 0;

	*text_bytes = 0;
	while (count < MOST_POSTS) {
		size_t more = frame_of_post(count, frame) + 1;

		if (frames + more > bytes)
			break;
		frames += more;
		count++;
	}
	if (count > 0)
		*text_bytes = bytes - frames;
	return count;
}

char *make_posts(size_t bytes)
{
	size_t text_bytes;
	unsigned int count = count_of_posts(bytes, &text_bytes);
	char *body = malloc(bytes + 1);
	char frame[MOST_FRAME];
	char *at = body;

	if (!body)
		return NULL;
	if (count == 0) {
		memset(body, ' ', bytes);
		memcpy(body, "{}", bytes < 2 ? bytes : 2);
		body[bytes] = '\0';
		return body;
	}
	for (unsigned int number = 0; number < count; number++) {
		/* The last takes what does not divide. */
		size_t text = text_bytes / count + (number == count - 1 ? text_bytes % count : 0);
		size_t start = frame_of_post(number, frame) - strlen(post_end);

		*at++ = number == 0 ? '[' : ',';
		memcpy(at, frame, start);
		memset(at + start, 'x', text);
		memcpy(at + start + text, post_end, strlen(post_end));
		at += start + text + strlen(post_end);
	}
	*at++ = ']';
	*at = '\0';
	return body;
}

char *make_text(const char *words, size_t bytes)
{
	char *body = malloc(bytes + 1);
	size_t length = strlen(words);

	if (!body)
		return NULL;
	memset(body, ' ', bytes);
	memcpy(body, words, length < bytes ? length : bytes);
	body[bytes] = '\0';
	return body;
}
