#include "harvest/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "base/error.h"
#include "harvest/flight.h"
#include "page/paging.h"

namespace fanout {

Engine::Engine(Surroundings surroundings, std::shared_ptr<const Config> config, const Recovered& recovered)
    : on_(std::move(surroundings)), config_(std::move(config)) {
  cover_ahead_ = kCoverAhead;
  alarm_ = on_.clock.alarm([this] { pump(); });
  patience_ = on_.clock.alarm([this] {
    ++generation_;  // what comes now comes too late
    on_.log.notice(
        fmt::format("{} requests were not answered in time: they are put back unspent, and asked again "
                    "after the next start",
                    in_flight_.size()));
    for (const auto& [flying, run] : in_flight_) put_back(flying.first, flying.second);
    for (auto& [id, run] : runs_) run.in_flight = 0;
    in_flight_.clear();
    out_of_patience_ = true;
    pump();
  });
  for (const auto& [name, vendor] : config_->vendors) {
    gates_.emplace(name, std::make_unique<Gate>(vendor, on_.make_transport, on_.clock, on_.log));
  }
  agenda_.configure(*config_, on_.clock.wall());
  for (const auto& [pipeline, run] : recovered.last_runs) {
    if (run.cause == "schedule") agenda_.dealt_with(pipeline, run.scheduled_for);
  }
  others_wrote({recovered.open_runs, recovered.limiters});
  take_tallies(recovered.tallies);
  for (const auto& row : recovered.limiters) {
    if (row.subject.starts_with("vendor/")) kept_limiters_[row.subject.substr(7)] = row;
  }
  for (auto& [name, gate] : gates_) restore(*gate);
  if (recovered.leases_taken_back > 0) {
    on_.log.notice(
        fmt::format("took back {} tasks that were claimed when the daemon last ended; those that had been "
                    "sent are asked again",
                    recovered.leases_taken_back));
  }
}

Engine::~Engine() = default;

// Also for a vendor that a reload brings back: what was asked before counts.
void Engine::restore(Gate& gate) {
  const auto row = kept_limiters_.find(gate.spec().name);
  if (row == kept_limiters_.end()) return;
  gate.restore(row->second);
  kept_limiters_.erase(row);
}

void Engine::begin() {
  remember_schedules();
  begun_ = true;
  pump();
}

// From when on a schedule counts is kept at once, so that a run which is missed before the first is made up
// too.
void Engine::remember_schedules() {
  for (const auto& [name, pipeline] : config_->pipelines) {
    if (!pipeline.schedule) continue;
    const auto kept = kept_considered_.find(name);
    const auto considered = agenda_.considered(name);
    if (kept == kept_considered_.end() || kept->second != considered) keep_considered(name, considered);
  }
}

// Its own row, so that a skipped run is not made up after a restart.
void Engine::keep_considered(const std::string& pipeline, WallTime considered) {
  kept_considered_[pipeline] = considered;
  pending_.batch.limiters.push_back({"pipeline/" + pipeline,
                                     paused_pipelines_.contains(pipeline),
                                     {},
                                     {},
                                     fmt::format(R"({{"considered":{}}})", unix_ms(considered))});
}

void Engine::begin_once(const std::vector<std::string>& pipelines, std::function<void()> settled) {
  once_ = true;
  only_.insert(pipelines.begin(), pipelines.end());
  settled_ = std::move(settled);
  std::erase_if(runs_, [this](const auto& entry) { return !concerns_us(entry.second.run.pipeline); });
  for (const auto& [name, pipeline] : config_->pipelines) {
    if (concerns_us(name) && open_run_of(name) == nullptr) start_run(name, "once", on_.clock.wall());
  }
  begun_ = true;
  pump();
}

bool Engine::concerns_us(const std::string& pipeline) const {
  return only_.empty() ? config_->pipelines.contains(pipeline) : only_.contains(pipeline);
}

// Its run is on the way into the store.
bool Engine::is_beginning(const std::string& pipeline) const {
  const auto in = [&](const Batch& batch) {
    return std::ranges::any_of(batch.new_runs,
                               [&](const NewRun& fresh) { return fresh.run.pipeline == pipeline; });
  };
  return in(pending_.batch) || (under_way_ != nullptr && in(under_way_->batch));
}

void Engine::pump() {
  if (!begun_) return;
  take_what_is_due();
  send_what_may_go();
  if (!turning_ && there_is_reason_for_a_turn()) begin_turn();
  set_alarm();
  check_whether_settled();
}

void Engine::take_what_is_due() {
  if (once_ || draining_) return;
  for (const auto& due : agenda_.take_due(on_.clock.wall())) {
    keep_considered(due.pipeline, due.scheduled_for);
    if (open_run_of(due.pipeline) != nullptr || is_beginning(due.pipeline)) {
      on_.log.warning(
          fmt::format("pipeline {}: the run of {} is skipped, because the one before it is still open",
                      due.pipeline, format_utc(due.scheduled_for)));
      continue;
    }
    if (due.missed > 0) {
      on_.log.notice(
          fmt::format("pipeline {}: {} runs before {} were missed; they are made up for by this one",
                      due.pipeline, due.missed, format_utc(due.scheduled_for)));
    }
    start_run(due.pipeline, "schedule", due.scheduled_for);
  }
}

void Engine::start_run(const std::string& pipeline, const std::string& cause, WallTime scheduled_for) {
  NewRun fresh;
  fresh.run.pipeline = pipeline;
  fresh.run.cause = cause;
  fresh.run.scheduled_for = scheduled_for;
  fresh.run.started_at = on_.clock.wall();
  for (const auto& level : config_->pipelines.at(pipeline).levels) {
    if (level.parent >= 0) continue;
    Seed seed;
    seed.level = level.name;
    seed.parents = "{}";
    fresh.seeds.push_back(std::move(seed));
  }
  pending_.batch.new_runs.push_back(std::move(fresh));
}

ActiveRun* Engine::open_run_of(const std::string& pipeline) {
  for (auto& [id, run] : runs_) {
    if (run.run.pipeline == pipeline && run.run.state == RunState::running) return &run;
  }
  return nullptr;
}

void Engine::adopt(const Run& run) {
  if (once_ && !concerns_us(run.pipeline)) return;
  auto [found, is_new] = runs_.try_emplace(run.id, run, on_.clock.mono());
  found->second.run.state = run.state;
  refresh(found->second);
}

Gate* Engine::gate_of(const ActiveRun& run) {
  const auto pipeline = config_->pipelines.find(run.run.pipeline);
  if (pipeline == config_->pipelines.end()) return nullptr;
  return gates_.at(pipeline->second.vendor).get();
}

MonoTime Engine::mono_of(WallTime at) const {
  // Far enough for any timer, near enough for its arithmetic.
  constexpr milliseconds kFar = std::chrono::hours(24 * 30);
  return on_.clock.mono() + std::clamp<milliseconds>(at - on_.clock.wall(), milliseconds(0), kFar);
}

void Engine::send_what_may_go() {
  constexpr std::size_t kMostUnkeptBytes = 32 * 1024 * 1024;
  if (!must_wait_.empty() || draining_) return;
  const auto pipeline_of = [this](std::int64_t run) { return runs_.at(run).run.pipeline; };
  for (auto& [name, gate] : gates_) {
    while (gate->buffered() > 0 && !gate->paused() && pending_bytes_ < kMostUnkeptBytes) {
      const auto now = on_.clock.mono();
      if (gate->limiter().next(now) > now || !gate->covered(now)) break;
      if (!send(*gate, *gate->next(pipeline_of))) continue;
    }
    // On hold, or the breaker is open: what waits here would outlive its lease.
    const auto now = on_.clock.mono();
    const auto next = gate->limiter().next(now);
    if (gate->buffered() > 0 && next != MonoTime::max() && next > now + kWorthWaitingFor)
      put_back(gate->take_all());
  }
}

// False if the task could not even be asked; then it is settled.
bool Engine::send(Gate& gate, Claimed claimed) {
  ActiveRun& run = runs_.at(claimed.task.run);
  const auto pipeline = config_->pipelines.find(run.run.pipeline);
  const Level* level =
      pipeline == config_->pipelines.end() ? nullptr : pipeline->second.level(claimed.task.level);
  if (level == nullptr) {
    settle_unasked(claimed.task,
                   fmt::format("level {} is no longer in the configuration", claimed.task.level));
    return false;
  }
  if (is_needless(claimed.task, *level, run.page_lengths[level->name])) {
    settle_needless(claimed.task);
    return false;
  }
  auto request = request_for(claimed.task, run.names, pipeline->second, *level, gate.spec());
  if (const auto* cannot = std::get_if<CannotAsk>(&request)) {
    settle_unasked(claimed.task, gate.credentials()->redact(cannot->reason));
    return false;
  }
  auto asked = std::get<Request>(std::move(request));
  if (!claimed.so_far.redirected_to.empty()) asked.target = claimed.so_far.redirected_to;

  auto flight = std::make_shared<Flight>();
  flight->target = asked.target;
  flight->credentials = gate.credentials();
  flight->credentials->sign(asked);
  flight->claimed = std::move(claimed);
  flight->config = config_;
  flight->pipeline = &pipeline->second;
  flight->level = level;
  flight->names = run.names;
  flight->vendor = gate.spec().name;
  flight->transport = gate.transport();
  flight->generation = generation_;
  flight->ticket = gate.limiter().take(on_.clock.mono());
  asked.sent = [this, flight] {
    gates_.at(flight->vendor)->limiter().sent(flight->ticket, on_.clock.mono());
  };
  ++run.in_flight;
  in_flight_[{flight->claimed.task.id, flight->claimed.task.lease}] = run.run.id;
  boost::asio::co_spawn(on_.loop, carry(std::move(flight), std::move(asked)),
                        [fail = on_.fail](std::exception_ptr e) {
                          if (e) fail(e);
                        });
  return true;
}

void Engine::set_alarm() {
  auto next = MonoTime::max();
  const auto sooner = [&next](MonoTime at) { next = std::min(next, at); };
  const auto now = on_.clock.mono();
  // What only a turn can bring about waits for the end of the one under way.
  if (!must_wait_.empty() && !turning_) sooner(try_again_at_);
  if (!draining_ && must_wait_.empty()) {
    for (const auto& [name, gate] : gates_) {
      if (gate->paused()) continue;
      const bool waits = gate->buffered() > 0;
      if (!waits && claimable(*gate).empty()) continue;
      const auto at = gate->limiter().next(now);
      // A little before its time, so that the claim is through when it comes.
      if (at != MonoTime::max() && at > now)
        sooner(waits && gate->covered(at) ? at : std::max(at - kClaimAhead, now + kClaimAhead));
    }
    if (next_due_ && !turning_) sooner(mono_of(*next_due_));
  }
  if (!once_ && !draining_) {
    if (const auto due = agenda_.next()) sooner(mono_of(*due));
  }
  if (next == MonoTime::max()) {
    alarm_->cancel();
  } else {
    alarm_->set(std::max(next, now));
  }
}

void Engine::put_back(std::int64_t task, std::int64_t lease) {
  Settlement settlement;
  settlement.task = task;
  settlement.lease = lease;
  settlement.to = State::ready;
  settlement.spent = false;
  pending_.batch.settlements.push_back(std::move(settlement));
}

void Engine::put_back(const std::vector<Claimed>& claimed) {
  for (const auto& one : claimed) put_back(one.task.id, one.task.lease);
}

void Engine::check_whether_settled() {
  // A drain does not wait for room on the disk: what could not be kept is asked again after the next start.
  const bool stuck = draining_ && out_of_patience_ && !must_wait_.empty();
  if (turning_ || (there_is_reason_for_a_turn() && !stuck)) return;
  if (!must_wait_.empty() && !stuck) return;
  if (draining_) {
    if (!in_flight_.empty() || !drained_) return;
    patience_->cancel();
    auto drained = std::exchange(drained_, nullptr);
    drained();
    return;
  }
  if (once_ && runs_.empty() && settled_) {
    auto settled = std::exchange(settled_, nullptr);
    settled();
  }
}

void Engine::reconfigure(std::shared_ptr<const Config> config) {
  // Made first, so that a secret that is missing is noticed before anything changes.
  std::map<std::string, std::unique_ptr<Gate>> added;
  for (const auto& [name, vendor] : config->vendors) {
    auto probe = std::make_unique<Gate>(vendor, on_.make_transport, on_.clock, on_.log);
    if (!gates_.contains(name)) added.emplace(name, std::move(probe));
  }
  covering_.clear();  // it was worked out for the old limits
  for (auto& [name, gate] : gates_) {
    put_back(gate->take_all());  // claimed under what no longer holds
    if (const auto vendor = config->vendors.find(name); vendor != config->vendors.end()) {
      gate->reconfigure(vendor->second, on_.make_transport);
    }
  }
  for (auto& [name, gate] : added) restore(*gate);
  gates_.merge(added);
  for (const auto& [id, run] : runs_) {
    if (!same_outputs(*config_, *config, run.run.pipeline)) pending_.seal_runs.push_back(id);
  }
  config_ = std::move(config);
  agenda_.configure(*config_, on_.clock.wall());
  if (!once_) remember_schedules();
  for (auto& [id, run] : runs_) refresh(run);
  look_at_database_ = true;
  pump();
}

void Engine::refresh(ActiveRun& run) {
  if (auto* gate = gate_of(run)) {
    gate->turns().set(run.run.pipeline, config_->pipelines.at(run.run.pipeline).weight);
  }
}

void Engine::database_changed() {
  look_at_database_ = true;
  pump();
}

void Engine::clock_changed() {
  agenda_.not_after(on_.clock.wall());
  if (!once_) remember_schedules();
  pump();
}

void Engine::drain(milliseconds patience, std::function<void()> drained) {
  draining_ = true;
  drained_ = std::move(drained);
  put_back_what_may_not_go();
  patience_->set(on_.clock.mono() + patience);
  pump();
}

}  // namespace fanout
