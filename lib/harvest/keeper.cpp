#include "harvest/keeper.h"

#include <fmt/format.h>

#include "base/error.h"

namespace fanout {
namespace {

bool is_empty(const Turn& turn) {
  const Batch& batch = turn.batch;
  return batch.settlements.empty() && batch.parts.empty() && batch.limiters.empty() && batch.new_runs.empty() &&
         batch.finish_runs.empty() && batch.cancel_runs.empty() && batch.dead.empty() && batch.answered.empty() &&
         batch.notes.empty() && batch.watched_runs.empty() && batch.claims.empty() && !batch.read_commands &&
         turn.seal_runs.empty() && !turn.prune_before;
}

void append(std::vector<Part>& to, std::vector<Part> parts) {
  for (auto& part : parts) to.push_back(std::move(part));
}

}  // namespace

Keeper::Keeper(Store& store, Outputs& outputs)
    : store_(store), outputs_(outputs), unsaved_(outputs.recovered()) {}

Kept Keeper::keep(Turn& turn) {
  Kept kept;
  const bool others = store_.changed_by_others();
  if (others) turn.batch.read_commands = true;
  if (others || !is_empty(turn) || !unsaved_.empty()) {
    turn.batch.parts.clear();
    bool written = false;
    try {
      // Sealed before anything is written, so that a sealed part is never longer than what is committed.
      seal(turn);
      write_records(turn);
      written = true;
      append(turn.batch.parts, unsaved_);
      kept.applied = store_.apply(turn.batch);
      outputs_.committed();
      unsaved_ = outputs_.seal_full();
      if (turn.prune_before) kept.more_to_prune = store_.prune(*turn.prune_before);
    } catch (const MustWait& reason) {
      if (written) outputs_.rolled_back();
      kept.must_wait = fmt::format("{}; {}", reason.what(), reason.hint());
      return kept;
    }
  }
  // Redriving opens a run again, by our own hand as well as by somebody else's.
  if (others || !turn.batch.dead.empty()) kept.others_wrote = OthersWrote{store_.open_runs(), store_.limiters()};
  return kept;
}

void Keeper::write_records(Turn& turn) {
  if (turn.records.empty()) return;
  for (const auto which : turn.settlement_of) turn.batch.settlements[which].place.clear();
  auto written = outputs_.write(turn.records);
  for (std::size_t i = 0; i < turn.records.size(); ++i) {
    Settlement& settlement = turn.batch.settlements[turn.settlement_of[i]];
    if (!written.problems[i].empty()) {
      settlement.to = State::dead;
      settlement.place = written.problems[i];
      settlement.seeds.clear();
    } else if (settlement.to != State::dead) {
      settlement.place += (settlement.place.empty() ? "" : "\n") + written.places[i];
    }
  }
  turn.batch.parts = std::move(written.parts);
}

void Keeper::seal(Turn& turn) {
  for (const auto run : turn.seal_runs) append(unsaved_, outputs_.seal(run));
}

}  // namespace fanout
