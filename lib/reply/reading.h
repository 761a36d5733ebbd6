// From a reply to what it says: the facts for judge(), the children, and the next pages.
//
// Pure. The body is parsed once. Large bodies are read off the loop; see harvest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/redactor.h"
#include "expression/expression.h"
#include "http/transport.h"
#include "spec/config.h"
#include "task/task.h"

namespace fanout {

struct Reading {
  ReplyFacts facts;
  std::vector<Seed> seeds;  // children, and further pages of the same list; only when the body reads well
};

// now: for dates in Retry-After. redactor: of the credentials that the request left with. Sets every fact but
// those that begin with may_, which only the engine knows.
Reading read_reply(const Reply& reply, const Task& task, const PipelineSpec& pipeline, const Level& level,
                   Expressions& expressions, WallTime now, const Redactor& redactor);

}  // namespace fanout
