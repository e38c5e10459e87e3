/* Answers the HTTP requests of one connection until it ends. */
#pragma once

#include <stdbool.h>

struct peer;
struct twin;

/* Makes the bodies of all answers. False if there is no memory. */
bool http_prepare(const struct twin *twin);

void serve_http(struct peer *peer);
