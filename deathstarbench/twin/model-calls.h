/* Who calls whom. */
#pragma once

#include "model.h"

/*
 * Numbers the calls of every operation, so that each execution of a request has a span number of its own without anybody asking
 * anybody. False with the problem if a call leads nowhere, to a front, or round in a circle.
 */
bool model_check_calls(struct model *model, struct model_problem *problem);
