#include "reply/reading.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/excerpt.h"
#include "page/paging.h"
#include "reply/children.h"
#include "reply/clean_text.h"
#include "reply/json_scan.h"
#include "reply/retry_after.h"
#include "reply/told_limits.h"
#include "reply/told_mapping.h"

namespace fanout {
namespace {

bool is_good(int status) { return status >= 200 && status < 300; }
bool is_missing(int status) { return status == 404 || status == 410; }
bool is_redirect(int status) { return status >= 300 && status < 400 && status != 304; }

// How long a rule's snooze or hold is: what its SQL reads in the reply, else what the rule says.
std::optional<milliseconds> wait_of(const Rule& rule, int status, std::string_view body,
                                    const Expressions::Header& header, Expressions& expressions,
                                    WallTime now) {
  if (!rule.wait.empty()) {
    const auto text = expressions.wait(rule.wait, status, body, header);
    if (text) {
      if (const auto wait = read_wait(*text, now)) return wait;
    }
  }
  return rule.snooze;
}

std::optional<Ruling> ruling_of(const Reply& reply, std::string_view body, const Level& level,
                                Expressions& expressions, WallTime now) {
  if (level.rules.empty() || reply.status == 0) return std::nullopt;
  const Expressions::Header header = [&reply](std::string_view name) { return reply.header(name); };
  for (const Rule& rule : level.rules) {
    if (expressions.when(rule.when, reply.status, body, header)) {
      return Ruling{rule.then, wait_of(rule, reply.status, body, header, expressions, now), rule.when,
                    rule.holds};
    }
  }
  return std::nullopt;
}

// What is said of it goes into rows and logs.
ToldLimits told_by(const Reply& reply, std::string_view body, const ToldSpec& spec, Expressions& expressions,
                   WallTime now, const Redactor& redactor) {
  auto told = spec.empty() || reply.status == 0 ? read_told_limits(reply.status, reply.headers, now)
                                                : read_told_as(spec, reply, body, expressions, now);
  if (!spec.cost.empty() && reply.status != 0) read_told_cost(spec, reply, body, expressions, told);
  for (auto& limit : told.limits) limit.name = excerpt(limit.name, redactor);
  for (auto& nonsense : told.nonsense) nonsense.text = excerpt(nonsense.text, redactor);
  return told;
}

// The one pass over the body of a good reply.
void read_body(std::string_view body, const Task& task, const PipelineSpec& pipeline, const Level& level,
               Expressions& expressions, const Redactor& redactor, const PageLengths& lengths,
               Reading& reading) {
  std::optional<Children> children;
  Wanted wanted;
  wanted.redactor = &redactor;
  if (level.items) {
    children.emplace(task, pipeline, level, expressions);
    wanted.items = &*level.items;
    wanted.max_items = level.max_items;
    wanted.missing_is_empty = level.missing_is_empty;
    wanted.single_is_item = level.single_is_item;
    wanted.take = [&children](const nlohmann::json& item) { return children->add(item); };
  }
  wanted.total = level.page.total ? &*level.page.total : nullptr;
  wanted.pages = level.page.pages ? &*level.page.pages : nullptr;
  Scanned scanned = scan_json(body, wanted);
  reading.facts.fault = scanned.fault;
  reading.facts.detail = std::move(scanned.detail);
  if (scanned.fault != Fault::none) return;

  const PageSeen seen{scanned.items, scanned.total, scanned.pages, children ? children->made_of() : 0};
  FurtherPages further = further_pages(task, level, seen, lengths);
  if (level.items) reading.items = scanned.items;
  if (!further.wrong.empty()) {
    reading.facts.fault = further.repeated ? Fault::nothing_new : Fault::not_as_level;
    reading.facts.detail = std::move(further.wrong);
    return;
  }
  // The pages first: they are known to be there, and the sooner they are asked, the sooner the whole is
  // known.
  reading.seeds = std::move(further.seeds);
  if (!children) return;
  reading.left_out = children->left_out();
  reading.why_where_failed = children->why_where_failed();
  auto below = children->take();
  if (reading.seeds.empty()) {
    reading.seeds = std::move(below);
  } else {
    std::move(below.begin(), below.end(), std::back_inserter(reading.seeds));
  }
}

}  // namespace

Reading read_reply(const Reply& reply, const Task& task, const PipelineSpec& pipeline, const Level& level,
                   Expressions& expressions, WallTime now, const Redactor& redactor,
                   const PageLengths& lengths) {
  Reading reading;
  ReplyFacts& facts = reading.facts;
  facts.status = reply.status;
  facts.fault = reply.fault;
  facts.first_level = level.depth == 0;
  facts.ends_list = ends_where_nothing_is(task);
  if (reply.fault != Fault::none) facts.detail = excerpt(reply.detail, redactor);
  reading.cleaned_body = cleaned(reply.body);
  const std::string_view body = reading.cleaned_body ? std::string_view(*reading.cleaned_body) : reply.body;
  facts.ruling = ruling_of(reply, body, level, expressions, now);
  reading.told = told_by(reply, body, pipeline.told, expressions, now, redactor);

  const bool good = is_good(reply.status) && reply.fault == Fault::none;
  const bool not_ready = reply.status == 202 && !facts.ruling && read_wait(reply.header("retry-after"), now);
  const bool wanted = !not_ready && (!facts.ruling || facts.ruling->then == Verdict::done);
  const bool nothing_there = facts.ends_list && is_missing(reply.status);
  const bool empty_on_purpose = reply.status == 204 && reply.body.empty();
  if (good && wanted && !empty_on_purpose) {
    read_body(body, task, pipeline, level, expressions, redactor, lengths, reading);
    facts.detail = excerpt(facts.detail, redactor);
  }
  if (empty_on_purpose || nothing_there) reading.items = 0;
  if (reply.status != 0 && (!good || facts.ruling || not_ready)) {
    const auto quiet = quiet_of(reply.status, reading.told);
    facts.retry_after = quiet.wait;
    facts.nothing_remains = quiet.nothing_remains;
    if (facts.fault == Fault::none) {
      facts.detail = excerpt(is_redirect(reply.status) ? reply.header("location") : body, redactor);
    }
    if (!nothing_there && is_missing(reply.status) && task.page > 1 && facts.fault == Fault::none) {
      facts.fault = Fault::not_as_level;
      facts.detail = fmt::format(
          "page {} of the list is not there, though the page before it told of more; start again to have the "
          "whole list",
          task.page);
    }
  }
  return reading;
}

}  // namespace fanout
