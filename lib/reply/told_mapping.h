// What a reply tells of its vendor's limits as [vendor.X.told] reads it: instead of the headers that are
// known, but for Retry-After. Pure.
#pragma once

#include "expression/expression.h"
#include "http/transport.h"
#include "limit/told_limit.h"
#include "spec/told.h"

namespace fanout {

// body: as expressions see it. now: by our clock.
ToldLimits read_told_as(const ToldSpec& spec, const Reply& reply, std::string_view body,
                        Expressions& expressions, WallTime now);

// What the request cost, as told.cost reads it: what is none is nonsense, and nothing told is nothing.
void read_told_cost(const ToldSpec& spec, const Reply& reply, std::string_view body, Expressions& expressions,
                    ToldLimits& told);

}  // namespace fanout
