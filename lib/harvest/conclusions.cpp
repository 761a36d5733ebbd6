#include "harvest/conclusions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ask/names.h"
#include "ask/redirect.h"
#include "output/format.h"
#include "page/paging.h"
#include "reply/json_scan.h"
#include "task/disposition.h"

namespace fanout {
namespace {

constexpr int kMostHops = 3;
constexpr std::int64_t kDeadLettersLogged = 10;  // of a run; the rest is in the table

std::string request_of(const Attempt& attempt) {
  const auto& vendor = attempt.config->vendors.at(attempt.vendor);
  return attempt.credentials->redact(fmt::format("GET {}{}", vendor.base_url.origin(), attempt.target));
}

// A select may fail, and a path may be another task's; the keeper will say so.
bool may_not_be_kept(const Attempt& attempt) {
  return std::ranges::any_of(attempt.pipeline->outputs, [&](const OutputSpec& output) {
    return output.level == attempt.level->name &&
           (!output.select.empty() || output.format->one_file_per_answer());
  });
}

}  // namespace

Conclusions::Conclusions(const Clock& clock, Random& random, const Log& log, OpenRuns& runs,
                         Dispatchers& dispatchers, Committer& committer)
    : clock_(clock),
      random_(random),
      log_(log),
      runs_(runs),
      dispatchers_(dispatchers),
      committer_(committer) {}

void Conclusions::draw(Attempt& attempt, Reply reply, Reading reading) {
  Dispatcher& dispatcher = dispatchers_.of(attempt.vendor);
  const Task& task = attempt.claimed.task;
  const AttemptSoFar& so_far = attempt.claimed.so_far;
  auto target = same_origin_target(attempt.config->vendors.at(attempt.vendor), attempt.target,
                                   reply.header("location"));
  reading.facts.may_follow = target && so_far.hops < kMostHops;
  reading.facts.may_renew = !so_far.renewed;
  reading.facts.may_send_again = reply.maybe_unread && !so_far.sent_again;
  reading.facts.detail = attempt.credentials->redact(reading.facts.detail);
  reading.facts.serves_others = dispatcher.accepts_others(task);
  Outcome outcome = judge(reading.facts);
  dispatcher.ended(task, attempt.ticket, outcome, reply.status, std::move(reading.told));
  if (outcome.again != Again::no) {
    auto* run = runs_.find(task.run);
    if (run == nullptr || !run->sampling || run->sampling->one_more()) {
      go_on(attempt, outcome.again, std::move(target).value_or(""));
    } else {
      run->sampling->failed(task.level, outcome.reason);
      committer_.settle(not_sampled(task, outcome.reason));
    }
    return;
  }
  if (outcome.verdict == Verdict::done) learn(attempt, reading);
  settle(attempt, outcome, std::move(reply), std::move(reading));
}

void Conclusions::go_on(Attempt& attempt, Again how, std::string redirected_to) {
  Dispatcher& dispatcher = dispatchers_.of(attempt.vendor);
  AttemptSoFar& so_far = attempt.claimed.so_far;
  if (how == Again::renew) {
    dispatcher.renew_credentials();
    so_far.renewed = true;
  } else if (how == Again::follow) {
    so_far.redirected_to = std::move(redirected_to);
    ++so_far.hops;
  } else {
    so_far.sent_again = true;
  }
  const auto* run = runs_.find(attempt.claimed.task.run);
  const auto* pipeline = run != nullptr && dispatchers_.let(*run, runs_) ? runs_.pipeline_of(*run) : nullptr;
  // A reload may have given its pipeline to another vendor.
  if (pipeline != nullptr && &dispatchers_.of(pipeline->vendor) == &dispatcher) {
    dispatcher.wait_here(std::move(attempt.claimed), run->names, *pipeline, true);
  } else {
    dispatcher.waiting().remember(attempt.claimed);
    committer_.settle(unclaimed(attempt.claimed.task.id, attempt.claimed.task.claim));
  }
}

// What the reply teaches about its level, at once: other lists of it may be read before this one is kept.
void Conclusions::learn(const Attempt& attempt, const Reading& reading) {
  ActiveRun* run = runs_.find(attempt.claimed.task.run);
  if (run == nullptr) return;
  const std::string& level = attempt.level->name;
  if (reading.items && attempt.level->page.kind != nullptr)
    run->page_lengths[level].saw(*reading.items, items_before(attempt.claimed.task));
  if (reading.left_out.where_failed > 0 && run->where_failed.insert(level).second) {
    log_.warning(
        fmt::format("run {}: where of level {} failed on an item, which is left out: {}; how many "
                    "more it fails on is counted in tally.where_failed",
                    run->run.id, level, attempt.credentials->redact(reading.why_where_failed)));
  }
}

void Conclusions::settle(const Attempt& attempt, const Outcome& outcome, Reply reply, Reading reading) {
  const Task& task = attempt.claimed.task;
  Dispatcher& dispatcher = dispatchers_.of(attempt.vendor);
  auto settlement =
      settlement_of(task, outcome, reply.status, attempt.config->vendors.at(attempt.vendor).retry,
                    dispatcher.state(), clock_.wall(), random_);
  if (settlement.to == State::done) {
    settlement.seeds = std::move(reading.seeds);
    settlement.left_out = reading.left_out;
    settlement.bytes = static_cast<std::int64_t>(reply.body.size());
  }
  auto* run = runs_.find(task.run);
  const bool sampled = run != nullptr && run->sampling;
  if (sampled) sample(*run, task, settlement);
  const State to = settlement.to;
  if (to == State::dead || (to == State::done && may_not_be_kept(attempt)))
    settlement.request = request_of(attempt);
  if (to == State::dead) bury(attempt, settlement);
  if (to == State::dead || to == State::skipped) dispatcher.suspects().settled(task);
  committer_.settle(std::move(settlement));
  if (to == State::done && !sampled && !outcome.without_record && !reply.body.empty())
    keep(attempt, std::move(reply), std::move(reading));
}

// All that it has listed is seen, and some of it is asked. What fails is told with the sample: nobody could
// put it back to work.
void Conclusions::sample(ActiveRun& run, const Task& task, Settlement& settlement) {
  auto& sampling = *run.sampling;
  const auto why = settlement.failure ? settlement.failure->what : settlement.reason;
  if (settlement.to == State::ready || settlement.to == State::waiting) {
    if (sampling.one_more()) return;
    settlement = not_sampled(task, why);
    return sampling.failed(task.level, why);
  }
  run.foresight.saw(settlement);
  if (settlement.to == State::done) {
    sampling.answered(task.level);
    settlement.seeds = sampling.chosen(task.level, std::move(settlement.seeds));
  } else {
    sampling.failed(task.level, why);
    settlement.to = State::skipped;
  }
}

void Conclusions::bury(const Attempt& attempt, const Settlement& settlement) {
  const Task& task = attempt.claimed.task;
  const auto* run = runs_.find(task.run);
  if (run == nullptr || run->dead() >= kDeadLettersLogged) return;
  log_.warning(fmt::format("run {}: task {} of level {} is dead: {}", task.run, task.id, task.level,
                           settlement.reason));
}

void Conclusions::keep(const Attempt& attempt, Reply reply, Reading reading) {
  const Task& task = attempt.claimed.task;
  std::vector<const OutputSpec*> wanted;
  for (const auto& output : attempt.pipeline->outputs) {
    if (output.level == task.level) wanted.push_back(&output);
  }
  if (wanted.empty()) return;
  Record record;
  record.run = task.run;
  record.task = task.id;
  // The configuration that it left under owns the pipeline.
  record.names =
      names_of(task, attempt.names, std::shared_ptr<const PipelineSpec>(attempt.config, attempt.pipeline));
  record.parents = task.parents;
  record.fetched_at = format_utc(clock_.wall());
  // What a rule keeps need not have been read, or not have read well.
  const bool reads_well = reading.facts.fault == Fault::none && reply.status / 100 == 2;
  record.body_is_json =
      reads_well ||
      scan_json(reading.cleaned_body ? *reading.cleaned_body : reply.body, {}).fault == Fault::none;
  record.body = std::move(reply.body);
  record.cleaned_body = std::move(reading.cleaned_body);
  for (const auto* output : wanted) {
    record.output = output;
    committer_.keep(output == wanted.back() ? std::move(record) : record, attempt.config);
  }
}

}  // namespace fanout
