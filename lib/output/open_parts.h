// The parts of all runs that are not sealed yet: found by run and base, begun, numbered, ended.
//
// Owned by Outputs, used on the store thread. Open files are bounded by kMostOpen. The disk's exceptions pass
// through; a part that somebody moved, replaced or cut is noted, and the next one begins.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "output/disk.h"
#include "output/intent_log.h"
#include "output/open_part.h"
#include "output/unsynced_folders.h"
#include "task/part.h"

namespace fanout {

class OpenParts {
 public:
  using Key = std::pair<std::int64_t, std::string>;  // run and base

  OpenParts(Disk& disk, std::filesystem::path root, IntentLog& intents, UnsyncedFolders& folders,
            const Log& log)
      : disk_(disk), root_(std::move(root)), intents_(intents), folders_(folders), log_(log) {}

  // What the store knows as not sealed: cut back to its committed length, or noted when it is moved or cut.
  // Returns those that have ended, as they are to be stored.
  std::vector<Part> recover(std::vector<Part> open);

  // The highest number among the parts of a run and base that the store knows; 0: none. The files may be
  // gone.
  using LatestNumber = std::function<int(std::int64_t run, const std::string& base)>;
  void number_after(LatestNumber latest) { latest_number_ = std::move(latest); }

  // The path of the part that is yet to be begun for it; nothing if there is one.
  std::optional<std::string> path_to_begin(const Key& key) const;
  // Its part, open, to be written to; roll: bytes from which on the next one begins. Throws NameTaken.
  OpenPart& to_write(const Key& key, std::int64_t roll);

  // Since the last commit:
  bool is_written() const { return !touched_.empty(); }
  std::vector<Part> moved() const;  // as they are to be stored
  void committed();
  std::vector<std::filesystem::path> rolled_back();  // files that are nobody's now

  // Ends the parts of a run (0: of all runs), of one `base` (empty: all). Where it throws DiskFull, the next
  // call returns those that were sealed already.
  std::vector<Part> seal(std::int64_t run, const std::string& base);
  // The same for the parts that have reached their `roll`. What the disk has no room for just now is left for
  // the next time, since what comes before is committed already.
  std::vector<Part> seal_full();

 private:
  using Parts = std::map<Key, OpenPart>;

  void recover(Part part, std::vector<Part>& ended);
  Part next(const Key& key) const;
  OpenPart& begin(const Key& key);
  void used(OpenPart& part);
  void end(Parts::iterator at);
  Part give_up(Parts::iterator at, const std::string& what);
  void forget(Parts::iterator at);
  std::vector<Part> take_sealed();

  Disk& disk_;
  std::filesystem::path root_;
  IntentLog& intents_;
  UnsyncedFolders& folders_;
  const Log& log_;
  LatestNumber latest_number_;
  Parts parts_;
  std::set<Key> full_;              // parts that have reached their roll
  std::vector<OpenPart*> files_;    // that are open, the latest used last
  std::vector<OpenPart*> touched_;  // since the last commit
  std::vector<Part> noted_;         // given up on; the store has yet to be told
  std::vector<Part> sealed_;        // likewise, and their names are yet to be synced
};

}  // namespace fanout
