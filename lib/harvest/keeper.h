// One turn of the store thread: first the outputs, then the commit.
//
// "Is a record stored exactly once?" is answered by Keeper::keep(). Owned by main; used on the store thread
// only. A turn that cannot be kept now (disk full, database locked) has changed nothing and may be tried
// again as it is. A record is only kept with the settlement that it belongs to: where the store says that a
// task is leased no longer, or its output cannot be written, what was written for it is rolled back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "output/outputs.h"
#include "spec/config.h"
#include "store/store.h"

namespace fanout {

struct Turn {
  Batch batch;
  std::vector<Record> records;
  std::vector<std::size_t> settlement_of;  // for each record: which of the batch's settlements is its
  std::vector<std::shared_ptr<const Config>> configs;  // keep the records' output specifications alive
  std::vector<std::int64_t> seal_runs;
  std::optional<WallTime> prune_before;
};

// What another connection may have changed.
struct OthersWrote {
  std::vector<Run> open_runs;
  std::vector<LimiterRow> limiters;
};

struct Kept {
  Applied applied;
  std::optional<OthersWrote> others_wrote;
  bool more_to_prune = false;
  std::string must_wait;  // not empty: nothing was kept, and why
};

class Keeper {
 public:
  Keeper(Store& store, Outputs& outputs);
  // Fills in the places of records. On must_wait the turn stays as good as new.
  Kept keep(Turn& turn);

 private:
  void write_and_apply(Turn& turn, Kept& kept);
  void write_records(Turn& turn);
  void seal(Turn& turn);
  void prune(const Turn& turn, Kept& kept);

  Store& store_;
  Outputs& outputs_;
  bool others_wrote_ = false;  // and the engine has yet to be told
  bool written_ = false;       // outputs are ahead of the store
  std::vector<Part> unsaved_;  // sealed on the disk; the store has yet to be told
};

}  // namespace fanout
