/* Answers of HTTP/1.1. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HTTP_MOST_REPLY_HEAD 256

/* The length of the head, without its zero. `allow` is the one method of the path, for 405, or NULL. */
size_t http_reply_head(char head[HTTP_MOST_REPLY_HEAD], int status, bool is_json, const char *allow, size_t body_bytes,
		       bool keeps_connection);

/* What an error says. */
const char *http_reason(int status);

/*
 * A JSON array of posts as the original's, `bytes` long. An empty timeline is `{}` there, and so is whatever is too short for a post; spaces
 * fill it up. NULL if there is no memory.
 */
char *make_posts(size_t bytes);

/* The words, cut or filled up with spaces to `bytes`. */
char *make_text(const char *words, size_t bytes);
