// What one transaction brings about: what the store is told, and the records that are written before it.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "output/record.h"
#include "spec/config.h"
#include "store/store.h"

namespace fanout {

struct Commit {
  using Places = std::set<std::size_t>;  // of settlements, in the batch
  // These settlements, with all of their records.
  Commit split_off(const Places& settlements);
  // Settlements of another one, with their records, behind those that are here.
  void put_behind(Commit settlements);

  Batch batch;
  std::vector<Record> records;
  std::vector<std::size_t> settlement_of;  // for each record: which of the batch's settlements is its
  std::vector<std::shared_ptr<const Config>> configs;  // keep the records' output specifications alive
  std::vector<std::int64_t> seal_runs;
  std::optional<Bygone> prune_before;
};

// What another connection may have changed.
struct OthersWrote {
  std::vector<Run> open_runs;
  std::vector<LimiterRow> limiters;
};

struct Kept {
  // What there was no time to shape: it goes into the next commit, before anything else.
  std::optional<Commit> put_off;
  Applied applied;
  std::optional<OthersWrote> others_wrote;
  bool more_to_prune = false;
  std::vector<DeadGone> dead_gone;  // dead letters that were too old
  std::string must_wait;            // not empty: nothing was kept, and why
};

}  // namespace fanout
