// One task's life, from its request to its settlement.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "ask/redirect.h"
#include "harvest/engine.h"
#include "harvest/flight.h"
#include "harvest/settling.h"
#include "page/paging.h"
#include "reply/json_scan.h"

namespace fanout {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadElsewhere = 256 * 1024;  // bytes; parsing more than that would hold up the loop
constexpr int kMostHops = 3;
constexpr std::int64_t kDeadLettersLogged = 10;  // of a run; the rest is in the table

}  // namespace

asio::awaitable<void> Engine::carry(std::shared_ptr<Flight> flight, Request request) {
  Reply reply = co_await flight->transport->ask(std::move(request));
  if (const auto run = runs_.find(flight->claimed.task.run);
      run != runs_.end() && flight->level->page.kind != nullptr)
    flight->lengths = run->second.page_lengths[flight->level->name];
  if (reply.body.size() < kReadElsewhere) {
    auto reading = read(*flight, reply, expressions_);
    conclude(*flight, std::move(reply), std::move(reading));
  } else {
    auto shared = std::make_shared<Reply>(std::move(reply));
    auto reading = co_await asio::co_spawn(on_.reading, read_elsewhere(flight, shared), asio::use_awaitable);
    conclude(*flight, std::move(*shared), std::move(reading));
  }
  pump();
}

asio::awaitable<Reading> Engine::read_elsewhere(std::shared_ptr<Flight> flight,
                                                std::shared_ptr<Reply> reply) {
  co_return read(*flight, *reply, expressions_elsewhere_);
}

Reading Engine::read(const Flight& flight, const Reply& reply, Expressions& expressions) const {
  return read_reply(reply, flight.claimed.task, *flight.pipeline, *flight.level, expressions,
                    on_.clock.wall(), flight.credentials->redactor(), flight.lengths);
}

void Engine::conclude(Flight& flight, Reply reply, Reading reading) {
  if (flight.generation != generation_) return;  // given up on by a drain; the store has it back already
  in_flight_.erase({flight.claimed.task.id, flight.claimed.task.lease});
  if (const auto run = runs_.find(flight.claimed.task.run); run != runs_.end()) --run->second.in_flight;

  const auto target =
      same_origin_target(flight.config->vendors.at(flight.vendor), flight.target, reply.header("location"));
  reading.facts.may_follow = target && flight.claimed.so_far.hops < kMostHops;
  reading.facts.may_renew = !flight.claimed.so_far.renewed;
  reading.facts.may_send_again = reply.maybe_unread && !flight.claimed.so_far.sent_again;
  reading.facts.detail = flight.credentials->redact(reading.facts.detail);
  reading.facts.serves_others = gates_.at(flight.vendor)->accepts_others(flight.claimed.task);
  Outcome outcome = judge(reading.facts);
  if (outcome.credentials_refused) outcome.snooze = gates_.at(flight.vendor)->refused(flight.claimed.task);
  tell_gate(flight, outcome, reply.status);

  if (outcome.follow || outcome.renew || outcome.send_again) {
    if (outcome.renew) gates_.at(flight.vendor)->renew_credentials();
    if (outcome.follow) flight.claimed.so_far.redirected_to = *target;
    flight.claimed.so_far.hops += outcome.follow ? 1 : 0;
    flight.claimed.so_far.renewed = flight.claimed.so_far.renewed || outcome.renew;
    flight.claimed.so_far.sent_again = flight.claimed.so_far.sent_again || outcome.send_again;
    const auto run = runs_.find(flight.claimed.task.run);
    if (run != runs_.end() && may_go(run->second)) {
      gates_.at(flight.vendor)->add_in_front(std::move(flight.claimed));
    } else {
      gates_.at(flight.vendor)->remember(flight.claimed);
      put_back({std::move(flight.claimed)});
    }
    return;
  }
  if (outcome.verdict == Verdict::done) learn(flight, reading);
  settle(flight, outcome, std::move(reply), std::move(reading));
}

// What the reply teaches about its level, at once: other lists of it may be read before this one is kept.
void Engine::learn(const Flight& flight, const Reading& reading) {
  const auto found = runs_.find(flight.claimed.task.run);
  if (found == runs_.end()) return;
  ActiveRun& run = found->second;
  const std::string& level = flight.level->name;
  if (reading.items && flight.level->page.kind != nullptr)
    run.page_lengths[level].saw(*reading.items, items_before(flight.claimed.task));
  if (reading.left_out.where_failed > 0 && run.where_failed.insert(level).second) {
    on_.log.warning(
        fmt::format("run {}: where of level {} failed on an item, which is left out: {}; how many "
                    "more it fails on is counted in tally.where_failed",
                    run.run.id, level, flight.credentials->redact(reading.why_where_failed)));
  }
}

void Engine::tell_gate(Flight& flight, const Outcome& outcome, int status) {
  Limiter& limiter = gates_.at(flight.vendor)->limiter();
  const auto now = on_.clock.mono();
  const bool was_open = limiter.breaker_open();
  const bool well = limiter.well(now);
  auto reason = outcome.reason;
  if (outcome.credentials_refused) {
    reason +=
        "; put new ones in their place: a file is read again at the next probe, anything else at the next "
        "start";
  }
  const auto& task = flight.claimed.task;
  const int times = outcome.credentials_refused ? gates_.at(flight.vendor)->refusals(task) : task.attempts;
  limiter.finished(flight.ticket, evidence_of(outcome, status, times, well), now, reason);
  if (outcome.vendor_alive) gates_.at(flight.vendor)->answered_well();
  if (outcome.vendor_down) gates_.at(flight.vendor)->failed(task);
  if (outcome.over_limit) limiter.over_limit(flight.ticket, now, outcome.hold);
  // Unless others have just been answered well: then it may be this task's own fault, and counts as a
  // failure.
  if (outcome.credentials_refused && !well) limiter.trip(now, reason);
  if (limiter.breaker_open() && !was_open) {
    on_.log.error(fmt::format("vendor {}: {}", flight.vendor, limiter.why(now)));
  } else if (!limiter.breaker_open() && was_open) {
    on_.log.notice(fmt::format("vendor {} answers again", flight.vendor));
  }
}

void Engine::settle(const Flight& flight, const Outcome& outcome, Reply reply, Reading reading) {
  const auto& task = flight.claimed.task;
  const auto& vendor = flight.config->vendors.at(flight.vendor);
  auto settlement = settlement_of(task, outcome, reply.status, vendor.retry,
                                  gates_.at(flight.vendor)->state(), on_.clock.wall(), on_.random);
  if (settlement.to == State::done) {
    settlement.seeds = std::move(reading.seeds);
    settlement.left_out = reading.left_out;
  }
  if (settlement.to == State::dead) {
    settlement.request =
        flight.credentials->redact(fmt::format("GET {}{}", vendor.base_url.origin(), flight.target));
    if (const auto run = runs_.find(task.run);
        run != runs_.end() && run->second.dead() < kDeadLettersLogged) {
      on_.log.warning(fmt::format("run {}: task {} of level {} is dead: {}", task.run, task.id, task.level,
                                  settlement.place));
    }
  }
  if (settlement.to == State::dead || settlement.to == State::skipped)
    gates_.at(flight.vendor)->settled(task);
  const bool keep = settlement.to == State::done && !outcome.unchanged && !reply.body.empty();
  for (const auto& seed : settlement.seeds)
    pending_bytes_ += sizeof(Seed) + seed.key.size() + seed.parents.size();
  pending_.batch.settlements.push_back(std::move(settlement));
  if (keep) keep_records(flight, std::move(reply), std::move(reading));
}

void Engine::keep_records(const Flight& flight, Reply reply, Reading reading) {
  const auto& task = flight.claimed.task;
  std::vector<const OutputSpec*> wanted;
  for (const auto& output : flight.pipeline->outputs) {
    if (output.level == task.level) wanted.push_back(&output);
  }
  if (wanted.empty()) return;
  const auto names = names_of(task, flight.names, *flight.pipeline);
  const auto fetched_at = format_utc(on_.clock.wall());
  const auto& cleaned_body = reading.cleaned_body;
  // What a rule keeps need not have been read, or not have read well.
  const bool reads_well = reading.facts.fault == Fault::none && reply.status / 100 == 2;
  const bool is_json =
      reads_well || scan_json(cleaned_body ? *cleaned_body : reply.body, {}).fault == Fault::none;
  for (const auto* output : wanted) {
    Record record;
    record.run = task.run;
    record.task = task.id;
    record.body_is_json = is_json;
    record.output = output;
    record.names = names;
    record.parents = task.parents;
    record.fetched_at = fetched_at;
    record.body = output == wanted.back() ? std::move(reply.body) : reply.body;
    record.cleaned_body = cleaned_body;
    pending_bytes_ += record.body.size() + (cleaned_body ? cleaned_body->size() : 0);
    pending_.records.push_back(std::move(record));
    pending_.settlement_of.push_back(pending_.batch.settlements.size() - 1);
  }
  if (pending_.configs.empty() || pending_.configs.back() != flight.config)
    pending_.configs.push_back(flight.config);
}

// Its list has ended with the page before it.
void Engine::settle_needless(const Task& task) {
  Settlement settlement;
  settlement.task = task.id;
  settlement.lease = task.lease;
  settlement.to = State::done;
  settlement.spent = false;
  pending_.batch.settlements.push_back(std::move(settlement));
}

void Engine::settle_unasked(const Task& task, std::string reason) {
  Settlement settlement;
  settlement.task = task.id;
  settlement.lease = task.lease;
  settlement.to = State::dead;
  settlement.failure = Failure{task.attempts, 0, reason};
  settlement.place = std::move(reason);
  pending_.batch.settlements.push_back(std::move(settlement));
}

}  // namespace fanout
