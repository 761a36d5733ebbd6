#include "harvest/keeper.h"

#include <fmt/format.h>

#include <cstddef>
#include <set>
#include <utility>

#include "base/error.h"
#include "task/disposition.h"

namespace fanout {
namespace {

constexpr milliseconds kLongestShaping{500};

bool is_empty(const Commit& commit) {
  const Batch& batch = commit.batch;
  return batch.settlements.empty() && batch.parts.empty() && batch.limiters.empty() &&
         batch.schedules.empty() && batch.new_runs.empty() && batch.finish_runs.empty() &&
         batch.cancel_runs.empty() && batch.stop_runs.empty() && batch.resume_runs.empty() &&
         batch.wake_runs.empty() && batch.calls.empty() && batch.dead.empty() && batch.answered.empty() &&
         batch.notes.empty() && batch.samples.empty() && batch.watched_runs.empty() && batch.claims.empty() &&
         !batch.read_commands && commit.seal_runs.empty() && !commit.prune_before;
}

void append(std::vector<Part>& to, std::vector<Part> parts) {
  for (auto& part : parts) to.push_back(std::move(part));
}

void drop_records(Commit& commit, const Commit::Places& of) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < commit.records.size(); ++i) {
    if (of.contains(commit.settlement_of[i])) continue;
    if (kept != i) {
      commit.records[kept] = std::move(commit.records[i]);
      commit.settlement_of[kept] = commit.settlement_of[i];
    }
    ++kept;
  }
  commit.records.resize(kept);
  commit.settlement_of.resize(kept);
}

// Of the records from this one on.
Commit::Places settlements_from(const Commit& commit, std::size_t record) {
  return {commit.settlement_of.begin() + static_cast<std::ptrdiff_t>(record), commit.settlement_of.end()};
}

}  // namespace

Keeper::Keeper(Store& store, Outputs& outputs, const Clock& clock)
    : store_(store), outputs_(outputs), clock_(clock), unsaved_(outputs.recovered()) {
  outputs.number_after(
      [&store](std::int64_t run, const std::string& base) { return store.latest_part(run, base); });
  outputs.ask_for_owners(
      [&store](std::int64_t run, const std::string& path) { return store.owner_of(run, path); });
}

Kept Keeper::keep(Commit& commit) {
  Kept kept;
  try {
    others_wrote_ = store_.changed_by_others() || others_wrote_;
    if (others_wrote_) commit.batch.read_commands = true;
    if (others_wrote_ || !is_empty(commit) || !unsaved_.empty()) {
      // Sealed before anything is written, so that a sealed part is never longer than what is committed.
      seal(commit);
      write_and_apply(commit, kept);
      unsaved_ = outputs_.seal_full();
    }
  } catch (const MustWait& reason) {
    if (std::exchange(written_, false)) outputs_.rolled_back();
    kept.must_wait = fmt::format("{}; {}", reason.what(), reason.hint());
    return kept;
  }
  prune(commit, kept);
  // Redriving and resuming open a run again, by our own hand as well as by somebody else's.
  if (others_wrote_ || !commit.batch.dead.empty() || !commit.batch.resume_runs.empty()) {
    kept.others_wrote = OthersWrote{store_.open_runs(), store_.limiters()};
    others_wrote_ = false;
  }
  return kept;
}

void Keeper::write_and_apply(Commit& commit, Kept& kept) {
  while (true) {
    commit.batch.parts.clear();
    write_records(commit, kept);
    append(commit.batch.parts, unsaved_);
    kept.applied = store_.apply(commit.batch);
    written_ = false;
    if (kept.applied.stale.empty()) break;
    // Somebody put these tasks back while they were in flight: they are asked again, and kept then.
    outputs_.rolled_back();
    commit.split_off({kept.applied.stale.begin(), kept.applied.stale.end()});
  }
  outputs_.committed();
}

void Keeper::write_records(Commit& commit, Kept& kept) {
  for (const auto which : commit.settlement_of) {
    commit.batch.settlements[which].record.clear();
    commit.batch.settlements[which].keeps_record = true;
  }
  while (true) {
    const auto enough = [this, until = clock_.mono() + kLongestShaping] { return clock_.mono() >= until; };
    auto written = outputs_.write(commit.records, enough);
    written_ = true;
    if (written.records < commit.records.size())
      put_off(commit.split_off(settlements_from(commit, written.records)), kept);
    Commit::Places unkept;
    for (std::size_t i = 0; i < commit.records.size(); ++i) {
      if (written.problems[i].empty()) continue;
      // None of a dead task's records is kept: it may be put back, and then all of them are written.
      become_unkept(commit.batch.settlements[commit.settlement_of[i]], written.problems[i]);
      unkept.insert(commit.settlement_of[i]);
    }
    if (written.partly) {
      outputs_.rolled_back();
      written_ = false;
      drop_records(commit, unkept);
      continue;
    }
    for (std::size_t i = 0; i < commit.records.size(); ++i) {
      if (unkept.contains(commit.settlement_of[i])) continue;
      auto& record = commit.batch.settlements[commit.settlement_of[i]].record;
      record += (record.empty() ? "" : "\n") + written.places[i];
    }
    drop_records(commit, unkept);
    commit.batch.parts = std::move(written.parts);
    commit.batch.answer_paths = std::move(written.answer_paths);
    return;
  }
}

void Keeper::put_off(Commit settlements, Kept& kept) {
  if (kept.put_off) settlements.put_behind(std::move(*kept.put_off));
  kept.put_off = std::move(settlements);
}

// After the commit, which must not be taken for failed when only this has to wait.
void Keeper::prune(const Commit& commit, Kept& kept) {
  if (!commit.prune_before) return;
  try {
    auto pruned = store_.prune(*commit.prune_before);
    kept.more_to_prune = pruned.more;
    kept.dead_gone = std::move(pruned.dead_gone);
  } catch (const MustWait&) {
    // The end of the next run brings it again.
  }
}

void Keeper::seal(Commit& commit) {
  for (const auto run : commit.seal_runs) append(unsaved_, outputs_.seal(run));
}

}  // namespace fanout
