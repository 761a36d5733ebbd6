#include "reply/reading.h"

#include <nlohmann/json.hpp>

#include "base/excerpt.h"
#include "page/paging.h"
#include "reply/children.h"
#include "reply/json_scan.h"
#include "reply/retry_after.h"

namespace fanout {
namespace {

bool is_good(int status) { return status >= 200 && status < 300; }

std::optional<Ruling> ruling_of(const Reply& reply, const Level& level, Expressions& expressions) {
  if (level.rules.empty() || reply.status == 0) return std::nullopt;
  const auto header = [&reply](std::string_view name) { return reply.header(name); };
  for (const Rule& rule : level.rules) {
    if (expressions.when(rule.when, reply.status, reply.body, header))
      return Ruling{rule.then, rule.snooze, rule.when};
  }
  return std::nullopt;
}

// The one pass over the body of a good reply.
void read_body(const Reply& reply, const Task& task, const PipelineSpec& pipeline, const Level& level,
               Expressions& expressions, const Redactor& redactor, Reading& reading) {
  std::optional<Children> children;
  Wanted wanted;
  wanted.redactor = &redactor;
  if (level.items) {
    children.emplace(task, pipeline, level, expressions);
    wanted.items = &*level.items;
    wanted.max_items = level.max_items;
    wanted.take = [&children](const nlohmann::json& item) { return children->add(item); };
  }
  if (level.page.kind != Page::Kind::none) {
    wanted.total = level.page.total ? &*level.page.total : nullptr;
    wanted.pages = level.page.pages ? &*level.page.pages : nullptr;
  }
  Scanned scanned = scan_json(reply.body, wanted);
  reading.facts.fault = scanned.fault;
  reading.facts.detail = std::move(scanned.detail);
  if (scanned.fault != Fault::none) return;

  FurtherPages further = further_pages(task, level, {scanned.items, scanned.total, scanned.pages});
  if (!further.wrong.empty()) {
    reading.facts.fault = Fault::not_as_level;
    reading.facts.detail = std::move(further.wrong);
    return;
  }
  // The pages first: they are known to be there, and the sooner they are asked, the sooner the whole is
  // known.
  reading.seeds = std::move(further.seeds);
  if (!children) return;
  auto below = children->take();
  if (reading.seeds.empty()) {
    reading.seeds = std::move(below);
  } else {
    std::move(below.begin(), below.end(), std::back_inserter(reading.seeds));
  }
}

}  // namespace

Reading read_reply(const Reply& reply, const Task& task, const PipelineSpec& pipeline, const Level& level,
                   Expressions& expressions, WallTime now, const Redactor& redactor) {
  Reading reading;
  ReplyFacts& facts = reading.facts;
  facts.status = reply.status;
  facts.fault = reply.fault;
  facts.first_level = level.depth == 0;
  if (reply.fault != Fault::none) facts.detail = excerpt(reply.detail, redactor);
  facts.ruling = ruling_of(reply, level, expressions);

  const bool good = is_good(reply.status) && reply.fault == Fault::none;
  const bool wanted = !facts.ruling || facts.ruling->then == Verdict::done;
  const bool empty_on_purpose = reply.status == 204 && reply.body.empty();
  if (good && wanted && !empty_on_purpose) {
    read_body(reply, task, pipeline, level, expressions, redactor, reading);
    facts.detail = excerpt(facts.detail, redactor);
  }
  if (reply.status != 0 && (!good || facts.ruling)) {
    facts.retry_after = read_retry_after([&reply](std::string_view name) { return reply.header(name); }, now);
    if (facts.fault == Fault::none) facts.detail = excerpt(reply.body, redactor);
  }
  return reading;
}

}  // namespace fanout
