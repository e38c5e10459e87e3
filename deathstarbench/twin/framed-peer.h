/* Answers the framed requests of one connection until it ends. */
#pragma once

struct peer;

void serve_frames(struct peer *peer);
