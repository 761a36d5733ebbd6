// What a turn of the keeper holds, and what comes of it.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "harvest/engine.h"
#include "harvest/flight.h"

namespace fanout {
namespace {

constexpr int kBufferPerSlot =
    4;  // claimed tasks for each request in flight: the next turn is milliseconds away
constexpr int kLeastBuffer = 16;
constexpr int kLargestBuffer = 1024;
constexpr std::size_t kMostOrders = 100;  // that the store reads at once
constexpr milliseconds kNoteEvery{1000};
constexpr milliseconds kFirstTryAgain{1000};
constexpr milliseconds kLastTryAgain{30'000};

}  // namespace

bool same_outputs(const Config& before, const Config& after, const std::string& pipeline) {
  const auto a = before.pipelines.find(pipeline);
  const auto b = after.pipelines.find(pipeline);
  if (a == before.pipelines.end() || b == after.pipelines.end()) return false;
  return std::ranges::equal(a->second.outputs, b->second.outputs,
                            [](const OutputSpec& x, const OutputSpec& y) {
                              return x.level == y.level && x.to.text() == y.to.text() && x.select == y.select;
                            });
}

// Runs of this vendor that have something ready.
std::vector<const ActiveRun*> Engine::claimable(const Gate& gate) const {
  std::vector<const ActiveRun*> found;
  for (const auto& [id, run] : runs_) {
    const auto pipeline = config_->pipelines.find(run.run.pipeline);
    if (pipeline == config_->pipelines.end() || pipeline->second.vendor != gate.spec().name) continue;
    if (run.run.state != RunState::running || paused_pipelines_.contains(run.run.pipeline)) continue;
    if (run.ready() > 0) found.push_back(&run);
  }
  return found;
}

int Engine::wanted(const Gate& gate, MonoTime now) const {
  if (gate.paused() || draining_ || !must_wait_.empty()) return 0;
  if (gate.limiter().next(now) > now + cover_ahead_ && gate.limiter().next(now) != MonoTime::max()) return 0;
  const int target = std::clamp(gate.spec().concurrency * kBufferPerSlot, kLeastBuffer, kLargestBuffer);
  const int room = std::min(target, gate.limiter().room(now, now + cover_ahead_));
  const int missing = room - static_cast<int>(gate.buffered());
  // Few at a time are not worth a turn of their own while there are plenty.
  const bool plenty = static_cast<int>(gate.buffered()) > room / 2;
  return plenty ? 0 : std::max(missing, 0);
}

// At the end of a drain the limiter is saved as it is, so that the next start waits for nothing.
bool Engine::owes_last_word(const Gate& gate) const {
  return draining_ && in_flight_.empty() && !gate.spec().rates.empty() &&
         gate.covered(on_.clock.mono() + milliseconds(1));
}

bool Engine::there_is_reason_for_a_turn() const {
  const auto now = on_.clock.mono();
  if (!must_wait_.empty()) return now >= try_again_at_;
  if (look_at_database_ || read_orders_ || prune_) return true;
  const Batch& batch = pending_.batch;
  if (!batch.settlements.empty() || !batch.new_runs.empty() || !batch.limiters.empty() ||
      !batch.answered.empty() || !batch.dead.empty() || !pending_.seal_runs.empty()) {
    return true;
  }
  if (next_due_ && *next_due_ <= on_.clock.wall() && !draining_) return true;
  for (const auto& [id, run] : runs_) {
    if (!run.counted) return true;
    if (run.open() == 0) return true;
    if (run.run.state == RunState::cancelled && run.open() > run.in_flight) return true;
    if (run.noted_blocked == why_blocked(run).empty()) return true;
  }
  for (const auto& [name, gate] : gates_) {
    if (gate->changed() || owes_last_word(*gate)) return true;
    if (wanted(*gate, now) > 0 && !claimable(*gate).empty()) return true;
    const auto next = gate->limiter().next(now);
    if (gate->buffered() > 0 && !gate->paused() && !draining_ && next <= now + kClaimAhead &&
        !gate->covered(next)) {
      return true;
    }
  }
  return false;
}

void Engine::begin_turn() {
  if (under_way_ == nullptr) {
    under_way_ = std::make_shared<Turn>(std::exchange(pending_, {}));
    pending_bytes_ = 0;
    add_runs(*under_way_);
    add_claims(*under_way_);
    add_limiters(*under_way_);
    look_at_database_ = false;
    under_way_->batch.read_commands = std::exchange(read_orders_, false);
    if (std::exchange(prune_, false)) under_way_->prune_before = on_.clock.wall() - config_->keep;
  }
  under_way_->batch.now = on_.clock.wall();
  hand_over();
}

void Engine::add_runs(Turn& turn) {
  const auto now = on_.clock.mono();
  for (auto& [id, run] : runs_) {
    turn.batch.watched_runs.push_back(id);
    if (run.run.state == RunState::cancelled) turn.batch.cancel_runs.push_back(id);
    if (run.counted && run.open() == 0) {
      turn.seal_runs.push_back(id);
      turn.batch.finish_runs.push_back(id);
    }
    const auto blocked = why_blocked(run);
    if (run.noted_blocked == blocked.empty() || now - run.noted_at >= kNoteEvery) {
      run.noted_blocked = !blocked.empty();
      run.noted_at = now;
      const auto left = run.forecast.left(run.open(), now);
      std::optional<WallTime> eta;
      if (left) eta = on_.clock.wall() + *left;
      turn.batch.notes.push_back({id, run.forecast.rate(now), eta, blocked});
    }
  }
}

void Engine::add_claims(Turn& turn) const {
  const auto now = on_.clock.mono();
  for (const auto& [name, gate] : gates_) {
    const int want = wanted(*gate, now);
    const auto runs = claimable(*gate);
    if (want == 0 || runs.empty()) continue;
    // A fair part of the buffer for each by its weight, so that no run's tasks keep another's from their
    // turns.
    const auto weight = [this](const ActiveRun& run) {
      return config_->pipelines.at(run.run.pipeline).weight;
    };
    std::int64_t weights = 0;
    for (const auto* run : runs) weights += weight(*run);
    const auto all = want + static_cast<std::int64_t>(gate->buffered());
    const auto lease = gate->spec().timeout * (kBufferPerSlot + 1) + std::chrono::minutes(1);
    for (const auto* run : runs) {
      const auto part = (all * weight(*run) + weights - 1) / weights;
      const auto missing = part - static_cast<std::int64_t>(gate->buffered(run->run.id));
      if (missing <= 0) continue;
      turn.batch.claims.push_back(
          {run->run.id, static_cast<int>(missing), on_.clock.wall() + lease, gate->limiter().breaker_open()});
    }
  }
}

void Engine::add_limiters(Turn& turn) {
  const auto now = on_.clock.mono();
  covering_.clear();
  for (const auto& [name, gate] : gates_) {
    const auto next = gate->limiter().next(now);
    const bool will_send = !draining_ && !gate->spec().rates.empty() && !gate->paused() &&
                           (gate->buffered() > 0 || !claimable(*gate).empty()) &&
                           (next <= now + cover_ahead_ || next == MonoTime::max());
    if (!will_send && !gate->changed() && !owes_last_word(*gate)) continue;
    const auto until = will_send ? now + cover_ahead_ : now;
    turn.batch.limiters.push_back(gate->save(until));
    covering_[name] = until;
    gate->saved(turn.batch.limiters.back());
  }
}

void Engine::hand_over() {
  turning_ = true;
  turn_began_ = on_.clock.mono();
  boost::asio::post(on_.store, [this, turn = under_way_] {
    try {
      boost::asio::post(on_.loop,
                        [this, kept = on_.keeper.keep(*turn)]() mutable { end_turn(std::move(kept)); });
    } catch (...) {
      boost::asio::post(on_.loop, [this, error = std::current_exception()] { on_.fail(error); });
    }
  });
}

void Engine::end_turn(Kept kept) {
  turning_ = false;
  if (!kept.must_wait.empty()) {
    if (must_wait_.empty()) {
      on_.log.error(fmt::format("cannot keep anything now, so nothing is asked: {}", kept.must_wait));
      try_again_in_ = kFirstTryAgain;
    } else {
      try_again_in_ = std::min(try_again_in_ * 2, kLastTryAgain);
    }
    must_wait_ = kept.must_wait;
    try_again_at_ = on_.clock.mono() + try_again_in_;
    pump();
    return;
  }
  if (!must_wait_.empty()) {
    on_.log.notice("work goes on");
    must_wait_.clear();
  }
  // A turn that takes longer than what it covers would let nothing leave.
  const auto took = std::chrono::ceil<milliseconds>(on_.clock.mono() - turn_began_);
  cover_ahead_ = std::min(kCoverAhead + 2 * took, kLongestCoverAhead);
  const auto turn = std::exchange(under_way_, nullptr);
  for (const auto& [name, until] : covering_) {
    if (const auto gate = gates_.find(name); gate != gates_.end()) gate->second->cover(until);
  }
  for (const auto& run : kept.applied.new_runs) {
    adopt(run);
    on_.log.notice(fmt::format("run {} of pipeline {} begins ({})", run.id, run.pipeline, run.cause));
  }
  if (kept.others_wrote) others_wrote(*kept.others_wrote);
  take_tallies(kept.applied.tallies);
  for (const auto id : turn->batch.watched_runs) {
    if (const auto run = runs_.find(id); run != runs_.end())
      run->second.counted = true;  // also one without tasks
  }
  take_finished(kept.applied.finished);
  if (kept.others_wrote) forget_runs_that_ended(*kept.others_wrote);
  next_due_ = kept.applied.next_due;
  prune_ = prune_ || kept.more_to_prune;
  for (std::size_t i = 0; i < answer_with_count_.size() && i < kept.applied.dead_moved.size(); ++i) {
    const auto moved = kept.applied.dead_moved[i];
    const auto& order = answer_with_count_[i];
    const auto outcome = fmt::format("{} {}", moved, moved == 1 ? "task" : "tasks");
    pending_.batch.answered.push_back({order.id, outcome});
    on_.log.notice(fmt::format("order {}: {} {}: {}", order.id, order.command, order.target, outcome));
  }
  answer_with_count_.erase(
      answer_with_count_.begin(),
      answer_with_count_.begin() +
          static_cast<std::ptrdiff_t>(std::min(answer_with_count_.size(), kept.applied.dead_moved.size())));
  for (const auto& answered : turn->batch.answered) std::erase(obeying_, answered.id);
  read_orders_ = read_orders_ || kept.applied.commands.size() >= kMostOrders;
  obey(kept.applied.commands);
  take_claimed(std::move(kept.applied.claimed));
  pump();
}

void Engine::take_claimed(std::vector<Task> claimed) {
  std::vector<Claimed> too_late;
  for (auto& task : claimed) {
    const auto run = runs_.find(task.run);
    Claimed one;
    one.task = std::move(task);
    if (run != runs_.end() && may_go(run->second)) {
      gate_of(run->second)->add(std::move(one));
    } else {
      too_late.push_back(std::move(one));
    }
  }
  put_back(too_late);
}

void Engine::take_tallies(const std::vector<Tally>& tallies) {
  for (auto first = tallies.begin(); first != tallies.end();) {
    const auto last = std::find_if(first, tallies.end(), [&](const Tally& t) { return t.run != first->run; });
    if (const auto found = runs_.find(first->run); found != runs_.end()) {
      ActiveRun& run = found->second;
      const auto before = run.settled();
      run.tallies.assign(first, last);
      if (run.counted) run.forecast.settled(run.settled() - before, on_.clock.mono());
      run.counted = true;
    }
    first = last;
  }
}

void Engine::take_finished(const std::vector<std::int64_t>& finished) {
  for (const auto id : finished) {
    const auto found = runs_.find(id);
    if (found == runs_.end()) continue;
    const ActiveRun& run = found->second;
    std::int64_t done = 0, skipped = 0;
    for (const auto& tally : run.tallies) {
      done += tally.done;
      skipped += tally.skipped;
    }
    const auto line =
        fmt::format("run {} of pipeline {} is {}: {} done, {} skipped, {} dead, after {}", id,
                    run.run.pipeline, run.run.state == RunState::cancelled ? "cancelled" : "complete", done,
                    skipped, run.dead(), format_duration(on_.clock.wall() - run.run.started_at));
    say_what_was_left_out(run);
    run.dead() > 0 ? on_.log.warning(line + "; look with: fanoutctl dead list") : on_.log.notice(line);
    if (run.run.state == RunState::running) warn_of_skipped_levels(run);
    dead_letters_ += run.dead();
    forget(id);
    prune_ = true;
  }
}

void Engine::say_what_was_left_out(const ActiveRun& run) const {
  for (const auto& tally : run.tallies) {
    const auto& [by_where, failed] = tally.left_out;
    if (by_where > 0) {
      on_.log.notice(
          fmt::format("run {}: where of level {} left out {} items", run.run.id, tally.level, by_where));
    }
    if (failed > 0) {
      on_.log.warning(
          fmt::format("run {}: where of level {} failed on {} items, which were left out; mend it and "
                      "start again to have them",
                      run.run.id, tally.level, failed));
    }
  }
}

// A level with nothing but skips is more likely a slip in its path than a vendor that has lost everything.
void Engine::warn_of_skipped_levels(const ActiveRun& run) const {
  for (const auto& tally : run.tallies) {
    if (tally.skipped == 0 || tally.done + tally.dead > 0) continue;
    on_.log.warning(fmt::format(
        "run {}: all {} tasks of level {} were skipped, so nothing of it was kept; is its path right? "
        "task.place says why each was skipped",
        run.run.id, tally.skipped, tally.level));
  }
}

// What the gates still hold of it is put back, which the store ignores if it is settled or gone.
void Engine::forget(std::int64_t run) {
  put_back_all_of(run);
  for (auto& [name, gate] : gates_) gate->forget(run);
  runs_.erase(run);
}

void Engine::put_back_all_of(std::int64_t run) {
  for (auto& [name, gate] : gates_) put_back(gate->take_run(run));
}

// Somebody may have ended or deleted a run by hand.
void Engine::forget_runs_that_ended(const OthersWrote& others) {
  std::vector<std::int64_t> ended;
  for (const auto& [id, run] : runs_) {
    if (std::ranges::find(others.open_runs, id, &Run::id) == others.open_runs.end()) ended.push_back(id);
  }
  for (const auto id : ended) forget(id);
}

void Engine::others_wrote(const OthersWrote& others) {
  for (const auto& run : others.open_runs) {
    adopt(run);
    if (const auto found = runs_.find(run.id); found != runs_.end()) refresh(found->second);
  }
  paused_pipelines_.clear();
  for (const auto& row : others.limiters) {
    const auto slash = row.subject.find('/');
    const auto kind = row.subject.substr(0, slash);
    const auto name = slash == std::string::npos ? std::string() : row.subject.substr(slash + 1);
    if (kind == "vendor") {
      if (const auto gate = gates_.find(name); gate != gates_.end()) gate->second->pause(row.paused);
    } else {
      if (row.paused) paused_pipelines_.insert(name);
      const auto state = nlohmann::json::parse(row.state, nullptr, false);
      const auto found = state.is_object() ? state.find("considered") : state.end();
      if (found == state.end() || !found->is_number_integer()) continue;
      const auto considered = from_unix_ms(found->get<std::int64_t>());
      if (considered == WallTime{}) continue;  // it was paused while it had no schedule
      kept_considered_[name] = considered;
      if (considered > agenda_.considered(name) || !begun_) agenda_.dealt_with(name, considered);
    }
  }
  agenda_.not_after(on_.clock.wall());
  put_back_what_may_not_go();
}

bool Engine::may_go(const ActiveRun& run) {
  Gate* gate = gate_of(run);
  return gate != nullptr && !gate->paused() && !draining_ && run.run.state == RunState::running &&
         !paused_pipelines_.contains(run.run.pipeline);
}

void Engine::put_back_what_may_not_go() {
  for (auto& [id, run] : runs_) {
    if (!may_go(run)) put_back_all_of(id);
  }
}

}  // namespace fanout
