// One commit on the store thread: first the outputs, then the commit.
//
// "Is a record stored exactly once?" is answered by Keeper::keep(). Owned by main; used on the store thread
// only. A commit that cannot be kept now (disk full, database locked) has changed nothing and may be tried
// again as it is. A record is only kept with the settlement that it belongs to: where the store says that a
// task is leased no longer, or its output cannot be written, what was written for it is rolled back. How long
// a select takes is up to its author, so records are shaped for half a second at most, and one more; the
// others wait for the next commit, and the thread is free in between.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "harvest/commit.h"
#include "output/outputs.h"
#include "store/store.h"

namespace fanout {

class Keeper {
 public:
  Keeper(Store& store, Outputs& outputs, const Clock& clock);
  // Fills in the places of records. On must_wait the commit stays as good as new.
  Kept keep(Commit& commit);

 private:
  void write_and_apply(Commit& commit, Kept& kept);
  void write_records(Commit& commit, Kept& kept);
  void put_off(Commit settlements, Kept& kept);
  void seal(Commit& commit);
  void prune(const Commit& commit, Kept& kept);

  Store& store_;
  Outputs& outputs_;
  const Clock& clock_;
  bool others_wrote_ = false;  // and the engine has yet to be told
  bool written_ = false;       // outputs are ahead of the store
  std::vector<Part> unsaved_;  // sealed on the disk; the store has yet to be told
};

}  // namespace fanout
