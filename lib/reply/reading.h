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
#include "limit/told_limit.h"
#include "page/page_lengths.h"
#include "spec/config.h"
#include "task/left_out.h"
#include "task/task.h"

namespace fanout {

struct Reading {
  ReplyFacts facts;
  std::vector<Seed> seeds;  // children, and further pages of the same list; only when the body reads well
  std::optional<std::string> cleaned_body;  // what was read, where that is another text than what came
  LeftOut left_out{};                       // of the items, likewise
  std::string why_where_failed;             // … the first time
  ToldLimits told{};                        // of the vendor's limits
  std::optional<std::int64_t> items;  // that this page of a list brought; nothing: it says nothing of that
};

// lengths: what is known of the level's pages. now: for dates in Retry-After. redactor: of the credentials
// that the request left with. Sets every fact but those that begin with may_, which only the engine knows.
Reading read_reply(const Reply& reply, const Task& task, const PipelineSpec& pipeline, const Level& level,
                   Expressions& expressions, WallTime now, const Redactor& redactor,
                   const PageLengths& lengths = {});

}  // namespace fanout
