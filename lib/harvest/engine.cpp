#include "harvest/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/units.h"
#include "harvest/claiming.h"
#include "harvest/departure.h"
#include "harvest/farewell.h"
#include "harvest/noting.h"
#include "harvest/status.h"

namespace fanout {
namespace {

// Parts hold records of one shape.
bool same_outputs(const Config& before, const Config& after, const std::string& pipeline) {
  const auto a = before.pipelines.find(pipeline);
  const auto b = after.pipelines.find(pipeline);
  if (a == before.pipelines.end() || b == after.pipelines.end()) return false;
  return std::ranges::equal(a->second.outputs, b->second.outputs,
                            [](const OutputSpec& x, const OutputSpec& y) {
                              return x.level == y.level && x.to.text() == y.to.text() && x.select == y.select;
                            });
}

Bygone bygone(const Config& config, WallTime now) { return {now - config.keep, now - config.keep_dead}; }

MonoTime mono_of(WallTime at, const Clock& clock) {
  // Far enough for any timer, near enough for its arithmetic.
  constexpr milliseconds kFar = std::chrono::hours(24 * 30);
  return clock.mono() + std::clamp<milliseconds>(at - clock.wall(), milliseconds(0), kFar);
}

void keep(std::vector<LimiterRow> rows, Batch& batch) {
  std::ranges::move(rows, std::back_inserter(batch.limiters));
}

}  // namespace

Engine::Engine(Surroundings surroundings, std::shared_ptr<const Config> config, const Recovered& recovered)
    : on_(std::move(surroundings)),
      runs_(std::move(config)),
      dispatchers_(on_.make_transport, on_.clock, on_.log),
      committer_(on_.threads, on_.keeper, on_.clock, on_.log,
                 [this](const Commit* commit, Kept kept) {
                   if (commit != nullptr) committed(*commit, std::move(kept));
                   pump();
                 }),
      attempts_(on_.threads, on_.clock, runs_,
                [this](Attempt& attempt, Reply reply, Reading reading) {
                  conclusions_.draw(attempt, std::move(reply), std::move(reading));
                  pump();
                }),
      conclusions_(on_.clock, on_.random, on_.log, runs_, dispatchers_, committer_),
      helm_(on_.clock, runs_, dispatchers_, agenda_, committer_),
      orders_(helm_, on_.log),
      steady_(on_.clock, recovered.latest_end),
      alarm_(on_.clock.alarm([this] { pump(); })) {
  life_.patience = on_.clock.alarm([this] {
    on_.log.notice(
        fmt::format("{} requests were not answered in time: they are put back unspent, and asked again "
                    "after the next start",
                    attempts_.count()));
    for (auto& settlement : attempts_.give_up_all()) committer_.settle(std::move(settlement));
    dispatchers_.give_up_all();
    life_.out_of_patience = true;
    pump();
  });
  dispatchers_.configure(*runs_.config());
  agenda_.configure(*runs_.config(), on_.clock.wall());
  for (const auto& row : recovered.schedules) agenda_.read(row);
  read_what_others_wrote({recovered.open_runs, recovered.limiters});
  runs_.take_tallies(recovered.tallies, {}, on_.clock.mono());
  dispatchers_.restore(recovered.limiters);
  keep(dispatchers_.take_renamed(), committer_.pending().batch);
  committer_.pending().batch.read_commands = true;  // given while nobody was there
  committer_.prune(bygone(*runs_.config(), steady_.wall()));
  dispatchers_.orphaned(recovered.taken_back, runs_);
  wake_what_waits_for_other_limits();
  if (const auto count = recovered.leases_taken_back(); count > 0) {
    on_.log.notice(
        fmt::format("took back {} tasks that were claimed when the daemon last ended; those that had been "
                    "sent are asked again",
                    count));
  }
}

void Engine::begin() {
  life_.begun = true;
  pump();
}

void Engine::begin_once(const std::vector<std::string>& pipelines, Settled settled) {
  life_.once = true;
  life_.settled = std::move(settled);
  runs_.restrict_to({pipelines.begin(), pipelines.end()});
  begin();
}

// Orders that were given while nobody was there are obeyed before: one may have opened a run again.
void Engine::start_once() {
  if (!life_.once || life_.started || life_.draining || committer_.busy() || committer_.has_work()) return;
  life_.started = true;
  for (const auto& [name, pipeline] : runs_.config()->pipelines) {
    if (runs_.are_ours(name) && runs_.of_pipeline(name) == nullptr)
      helm_.start(name, "once", on_.clock.wall());
  }
}

void Engine::reconfigure(std::shared_ptr<const Config> config) {
  helm_.put_back(dispatchers_.configure(*config));
  keep(dispatchers_.take_renamed(), committer_.pending().batch);
  for (const auto& [id, run] : runs_) {
    if (!same_outputs(*runs_.config(), *config, run.run.pipeline))
      committer_.pending().seal_runs.push_back(id);
  }
  agenda_.configure(*config, on_.clock.wall());
  runs_.configure(std::move(config));
  for (const auto& [id, run] : runs_) {
    for (const auto& level : runs_.lost_levels(run)) {
      on_.log.warning(fmt::format(
          "run {} of pipeline {}: level {} is no longer in the configuration, so its open tasks become dead "
          "letters; if that was a slip, put the level back, reload, and: {} dead redrive run/{}",
          id, run.run.pipeline, level, on_.fanoutctl, id));
    }
  }
  wake_what_waits_for_other_limits();
  database_changed();
}

void Engine::wake_what_waits_for_other_limits() {
  for (const auto& [name, dispatcher] : dispatchers_) {
    if (!dispatcher->take_other_limits()) continue;
    for (const auto& [id, run] : runs_) {
      const auto* pipeline = runs_.pipeline_of(run);
      if (pipeline != nullptr && pipeline->vendor == name) committer_.pending().batch.wake_runs.push_back(id);
    }
  }
}

void Engine::database_changed() {
  look_ = true;
  pump();
}

void Engine::clock_changed() {
  agenda_.not_after(on_.clock.wall());
  steady_.wall();  // sees the jump
  for (auto& [name, dispatcher] : dispatchers_) dispatcher->clock_changed();
  pump();
}

void Engine::drain(milliseconds patience, std::function<void()> drained) {
  life_.draining = true;
  life_.drained = std::move(drained);
  dispatchers_.close();
  helm_.put_back_what_may_not_go();
  life_.patience->set(on_.clock.mono() + patience);
  pump();
}

Horizon Engine::horizon() const {
  return {runs_,           committer_, dispatchers_, life_.once ? nullptr : &agenda_, on_.clock.mono(),
          on_.clock.wall()};
}

std::vector<RunProgress> Engine::progress() const { return progress_of(horizon()); }

std::string Engine::status() const { return status_of(progress(), committer_, agenda_); }

void Engine::pump() {
  if (!life_.begun) return;
  start_once();
  if (!life_.once && !life_.draining) helm_.start_what_is_due(on_.log);
  if (committer_.blocked().empty()) send_what_may_leave();
  const auto plans = look_at_vendors();
  if (!committer_.busy() && wants_commit(plans))
    committer_.begin([&](Commit& commit) { complete(commit, plans); });
  set_alarm(plans);
  check_whether_over();
}

void Engine::send_what_may_leave() {
  for (auto& [name, dispatcher] : dispatchers_) {
    dispatcher->look_at_the_hour();
    while (!committer_.is_full()) {
      auto claimed = dispatcher->leaving();
      if (!claimed) break;
      const ActiveRun* run = runs_.find(claimed->task.run);
      FANOUT_INVARIANT(run != nullptr);
      auto departing = depart(std::move(*claimed), *run, runs_.config(), *dispatcher);
      if (auto* settlement = std::get_if<Settlement>(&departing)) {
        committer_.settle(std::move(*settlement));
        continue;
      }
      auto& [attempt, request] = std::get<Departure>(departing);
      attempt->ticket = dispatcher->left(attempt->claimed.demand);
      request.sent = [this, attempt = attempt] { dispatchers_.of(attempt->vendor).sent(attempt->ticket); };
      attempts_.start(std::move(attempt), std::move(request));
    }
  }
}

void Engine::call_for_vacant_turns(Dispatcher& dispatcher) {
  const auto goes = [this](std::int64_t id) {
    const auto* run = runs_.find(id);
    return run != nullptr && dispatchers_.let(*run, runs_);
  };
  for (auto& call : dispatcher.vacant(goes)) committer_.pending().batch.calls.push_back(std::move(call));
}

std::vector<Plan> Engine::look_at_vendors() {
  std::vector<Plan> plans;
  Outlook outlook{on_.clock.mono(), committer_.reserves(), false, attempts_.count() == 0};
  for (auto& [name, dispatcher] : dispatchers_) {
    outlook.claimable = runs_.has_claimable(name);
    if (committer_.blocked().empty()) {
      helm_.put_off(dispatcher->put_off());
      call_for_vacant_turns(*dispatcher);
    }
    auto plan = dispatcher->plan(outlook);
    if (plan.put_back && committer_.blocked().empty()) {
      helm_.put_back(dispatcher->waiting().take_all());
      plan = dispatcher->plan(outlook);
    }
    plans.push_back(plan);
  }
  return plans;
}

bool Engine::wants_commit(const std::vector<Plan>& plans) const {
  if (!committer_.blocked().empty()) return on_.clock.mono() >= committer_.try_again_at();
  if (look_ || committer_.has_work()) return true;
  if (next_due_ && *next_due_ <= on_.clock.wall() && !life_.draining) return true;
  for (const auto& [id, run] : runs_) {
    if (!run.counted || run.open() == 0) return true;
    if (run.run.state == RunState::cancelled && run.open() > run.in_flight) return true;
    if (run.may_stop()) return true;
    if (run.noted_blocked == why_blocked(run, committer_, runs_, dispatchers_).empty()) return true;
  }
  return std::ranges::any_of(plans, &Plan::commit);
}

void Engine::complete(Commit& commit, const std::vector<Plan>& plans) {
  look_ = false;
  commit.batch.oldest_claim = oldest_claim(dispatchers_, attempts_, commit.batch.settlements);
  for (auto& [id, run] : runs_) {
    commit.batch.watched_runs.push_back(id);
    if (run.run.state == RunState::cancelled) commit.batch.cancel_runs.push_back(id);
    if (run.may_stop() && run.open() > 0) {
      commit.seal_runs.push_back(id);
      commit.batch.stop_runs.push_back({id, run.stops});
    }
    if (run.counted && run.open() == 0) {
      commit.seal_runs.push_back(id);
      commit.batch.finish_runs.push_back(id);
      if (run.sampling && run.run.state == RunState::running)
        commit.batch.samples.push_back({run.run.pipeline, id, run.sampling->requests(),
                                        run.foresight.forecast().text(), run.sampling->failures_text()});
    }
  }
  add_notes(commit, runs_, horizon(), on_.log);
  for (const auto& [id, run] : runs_) {
    if (const auto* pipeline = runs_.pipeline_of(run); pipeline != nullptr && pipeline->deadline)
      dispatchers_.of(pipeline->vendor).waiting().share(pipeline->name, runs_.turns_of(run));
  }
  auto plan = plans.begin();
  for (auto& [name, dispatcher] : dispatchers_) {
    if (plan->claims > 0) add_claims(*dispatcher, runs_, plan->claims, on_.clock.wall(), commit.batch.claims);
    if (plan->save_until) commit.batch.limiters.push_back(dispatcher->reserve(*plan->save_until));
    ++plan;
  }
}

void Engine::committed(const Commit& commit, Kept kept) {
  const Applied& applied = kept.applied;
  for (auto& [name, dispatcher] : dispatchers_) dispatcher->reserved();
  for (const auto& run : applied.new_runs) {
    runs_.adopt(run, on_.clock.mono());
    on_.log.notice(fmt::format("run {} of pipeline {} begins ({})", run.id, run.pipeline, run.cause));
  }
  for (const auto& [pipeline, open] : applied.not_begun) {
    on_.log.warning(
        fmt::format("pipeline {}: no run begins, because run {} of it is still open", pipeline, open));
  }
  for (const auto& [run, count] : kept.dead_gone) {
    on_.log.notice(
        fmt::format("{} dead letters of run {} are older than keep_dead and are gone", count, run));
  }
  if (applied.leases_taken_back > 0) {
    on_.log.warning(fmt::format("took back {} tasks whose lease was over and which nobody held",
                                applied.leases_taken_back));
  }
  for (std::size_t i = 0; i < applied.called.size(); ++i) {
    if (applied.called[i] >= commit.batch.calls[i].count) continue;
    for (auto& [name, dispatcher] : dispatchers_) dispatcher->bookings().none_waits(commit.batch.calls[i]);
  }
  if (kept.others_wrote) read_what_others_wrote(*kept.others_wrote);
  runs_.saw(commit.batch.settlements);
  runs_.take_tallies(applied.tallies, commit.batch.watched_runs, on_.clock.mono());
  helm_.stop_what_fails();
  end_runs(applied.finished);
  if (kept.others_wrote) {
    // Somebody may have ended or deleted a run by hand.
    for (const auto id : runs_.others_than(kept.others_wrote->open_runs)) helm_.forget(id);
  }
  next_due_ = applied.next_due;
  if (kept.more_to_prune) committer_.prune(bygone(*runs_.config(), steady_.wall()));
  orders_.committed(commit, applied, committer_.pending());
  orders_.obey(applied.commands, committer_.pending());
  helm_.take(std::move(kept.applied.claimed));
}

void Engine::end_runs(const std::vector<std::int64_t>& finished) {
  for (const auto id : finished) {
    const ActiveRun* run = runs_.find(id);
    if (run == nullptr) continue;
    say_farewell(*run, on_.clock.wall(), on_.fanoutctl, on_.log);
    life_.dead_letters += run->dead();
    helm_.forget(id);
    committer_.prune(bygone(*runs_.config(), steady_.wall()));
  }
}

void Engine::read_what_others_wrote(const OthersWrote& others) {
  constexpr std::string_view kVendor = "vendor/";
  for (const auto& run : others.open_runs) runs_.adopt(run, on_.clock.mono());
  runs_.resume_all();
  for (const auto& row : others.limiters) {
    if (row.subject.starts_with(kVendor)) {
      if (auto* dispatcher = dispatchers_.find(row.subject.substr(kVendor.size())))
        dispatcher->pause(row.paused);
      continue;
    }
    if (row.paused) runs_.pause(row.subject.substr(row.subject.find('/') + 1), true);
  }
  agenda_.not_after(on_.clock.wall());
  helm_.put_back_what_may_not_go();
}

void Engine::set_alarm(const std::vector<Plan>& plans) {
  auto next = MonoTime::max();
  const auto sooner = [&next](MonoTime at) { next = std::min(next, at); };
  // What only a commit can bring about waits for the end of the one under way.
  if (!committer_.blocked().empty()) {
    if (!committer_.busy()) sooner(committer_.try_again_at());
  } else if (!life_.draining) {
    for (const auto& plan : plans) sooner(plan.look_again);
    if (next_due_ && !committer_.busy()) sooner(mono_of(*next_due_, on_.clock));
  }
  if (!life_.once && !life_.draining) {
    if (const auto due = agenda_.next()) sooner(mono_of(*due, on_.clock));
  }
  if (next == MonoTime::max()) {
    alarm_->cancel();
  } else {
    alarm_->set(std::max(next, on_.clock.mono()));
  }
}

void Engine::check_whether_over() {
  if (committer_.busy()) return;
  // A drain does not wait for room on the disk: what could not be kept is asked again after the next start.
  const bool stuck = life_.draining && life_.out_of_patience;
  if (!committer_.blocked().empty() && !stuck) return;
  if (life_.draining) {
    if (attempts_.count() > 0 || !life_.drained) return;
    life_.patience->cancel();
    std::exchange(life_.drained, nullptr)();
  } else if (life_.started && !committer_.has_work() && runs_.empty() && life_.settled) {
    std::exchange(life_.settled, nullptr)(life_.dead_letters);
  }
}

}  // namespace fanout
