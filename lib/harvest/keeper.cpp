#include "harvest/keeper.h"

#include <fmt/format.h>

#include <cstddef>
#include <set>
#include <utility>

#include "base/error.h"

namespace fanout {
namespace {

bool is_empty(const Turn& turn) {
  const Batch& batch = turn.batch;
  return batch.settlements.empty() && batch.parts.empty() && batch.limiters.empty() &&
         batch.new_runs.empty() && batch.finish_runs.empty() && batch.cancel_runs.empty() &&
         batch.dead.empty() && batch.answered.empty() && batch.notes.empty() && batch.watched_runs.empty() &&
         batch.claims.empty() && !batch.read_commands && turn.seal_runs.empty() && !turn.prune_before;
}

void append(std::vector<Part>& to, std::vector<Part> parts) {
  for (auto& part : parts) to.push_back(std::move(part));
}

using Settlements = std::set<std::size_t>;  // of a batch, by their places in it

void drop_records(Turn& turn, const Settlements& of) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < turn.records.size(); ++i) {
    if (of.contains(turn.settlement_of[i])) continue;
    if (kept != i) {
      turn.records[kept] = std::move(turn.records[i]);
      turn.settlement_of[kept] = turn.settlement_of[i];
    }
    ++kept;
  }
  turn.records.resize(kept);
  turn.settlement_of.resize(kept);
}

// None of a dead task's records is kept: it may be put back, and then all of them are written.
void give_up(Settlement& settlement, const std::string& reason) {
  settlement.to = State::dead;
  settlement.place = reason;
  settlement.keeps_record = false;
  settlement.seeds.clear();
  settlement.left_out = {};
}

void drop_settlements(Turn& turn, const Settlements& these) {
  drop_records(turn, these);
  std::vector<Settlement> kept;
  std::vector<std::size_t> place(turn.batch.settlements.size());
  for (std::size_t i = 0; i < turn.batch.settlements.size(); ++i) {
    if (these.contains(i)) continue;
    place[i] = kept.size();
    kept.push_back(std::move(turn.batch.settlements[i]));
  }
  turn.batch.settlements = std::move(kept);
  for (auto& which : turn.settlement_of) which = place[which];
}

}  // namespace

Keeper::Keeper(Store& store, Outputs& outputs)
    : store_(store), outputs_(outputs), unsaved_(outputs.recovered()) {
  outputs.number_after(
      [&store](std::int64_t run, const std::string& base) { return store.latest_part(run, base); });
  outputs.ask_for_owners(
      [&store](std::int64_t run, const std::string& path) { return store.owner_of(run, path); });
}

Kept Keeper::keep(Turn& turn) {
  Kept kept;
  try {
    others_wrote_ = store_.changed_by_others() || others_wrote_;
    if (others_wrote_) turn.batch.read_commands = true;
    if (others_wrote_ || !is_empty(turn) || !unsaved_.empty()) {
      // Sealed before anything is written, so that a sealed part is never longer than what is committed.
      seal(turn);
      write_and_apply(turn, kept);
      unsaved_ = outputs_.seal_full();
    }
  } catch (const MustWait& reason) {
    if (std::exchange(written_, false)) outputs_.rolled_back();
    kept.must_wait = fmt::format("{}; {}", reason.what(), reason.hint());
    return kept;
  }
  prune(turn, kept);
  // Redriving opens a run again, by our own hand as well as by somebody else's.
  if (others_wrote_ || !turn.batch.dead.empty()) {
    kept.others_wrote = OthersWrote{store_.open_runs(), store_.limiters()};
    others_wrote_ = false;
  }
  return kept;
}

void Keeper::write_and_apply(Turn& turn, Kept& kept) {
  while (true) {
    turn.batch.parts.clear();
    write_records(turn);
    append(turn.batch.parts, unsaved_);
    kept.applied = store_.apply(turn.batch);
    written_ = false;
    if (kept.applied.stale.empty()) break;
    // Somebody put these tasks back while they were in flight: they are asked again, and kept then.
    outputs_.rolled_back();
    drop_settlements(turn, {kept.applied.stale.begin(), kept.applied.stale.end()});
  }
  outputs_.committed();
}

void Keeper::write_records(Turn& turn) {
  for (const auto which : turn.settlement_of) {
    turn.batch.settlements[which].place.clear();
    turn.batch.settlements[which].keeps_record = true;
  }
  while (true) {
    auto written = outputs_.write(turn.records);
    written_ = true;
    Settlements unkept;
    for (std::size_t i = 0; i < turn.records.size(); ++i) {
      if (written.problems[i].empty()) continue;
      give_up(turn.batch.settlements[turn.settlement_of[i]], written.problems[i]);
      unkept.insert(turn.settlement_of[i]);
    }
    if (written.partly) {
      outputs_.rolled_back();
      written_ = false;
      drop_records(turn, unkept);
      continue;
    }
    for (std::size_t i = 0; i < turn.records.size(); ++i) {
      if (unkept.contains(turn.settlement_of[i])) continue;
      auto& place = turn.batch.settlements[turn.settlement_of[i]].place;
      place += (place.empty() ? "" : "\n") + written.places[i];
    }
    drop_records(turn, unkept);
    turn.batch.parts = std::move(written.parts);
    turn.batch.answer_paths = std::move(written.answer_paths);
    return;
  }
}

// After the commit, which must not be taken for failed when only this has to wait.
void Keeper::prune(const Turn& turn, Kept& kept) {
  if (!turn.prune_before) return;
  try {
    kept.more_to_prune = store_.prune(*turn.prune_before);
  } catch (const MustWait&) {
    // The end of the next run brings it again.
  }
}

void Keeper::seal(Turn& turn) {
  for (const auto run : turn.seal_runs) append(unsaved_, outputs_.seal(run));
}

}  // namespace fanout
