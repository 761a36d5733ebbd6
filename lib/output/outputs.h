// The outputs of all pipelines: parts of many records, and files for one answer.
//
// Owned by the keeper and used on the store thread only. First the output, then the commit: write() appends,
// syncs and renames; only then does the store settle the tasks with the lengths that write() gave; then
// committed() says so here. Until committed(), rolled_back() cuts every part back to what is committed.
// Memory is bounded by the records of one batch; open files by OpenParts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "expression/expression.h"
#include "output/answer_files.h"
#include "output/compress.h"
#include "output/disk.h"
#include "output/intent_log.h"
#include "output/open_parts.h"
#include "output/record.h"
#include "output/shaped.h"
#include "output/unsynced_folders.h"
#include "spec/config.h"
#include "task/answer_path.h"
#include "task/part.h"

namespace fanout {

struct Written {
  // One for each record: "raw/…/17.json"; "data-17-00001.ndjson@120+44", the bytes of its lines or of the
  // compressed frame that holds them; "no rows" where the select gave none.
  std::vector<std::string> places;
  std::vector<std::string> problems;     // one for each record: why it could not be kept; empty: it was kept
  std::vector<Part> parts;               // those that moved, as they are to be stored
  std::vector<AnswerPath> answer_paths;  // of the files for one answer that were written
  // Something of a task that has a problem was written all the same: it is to be rolled back, and the batch
  // written again without that task.
  bool partly = false;
  // There was time for so many records, from the first on; the others are to be given again.
  std::size_t records = 0;
};

class Outputs {
 public:
  // root: the folder that relative paths lie below. open: the parts that the store knows as not sealed; each
  // is cut back to its committed length, or noted when it is moved or cut. Parts found sealed on the disk
  // though the store does not know it yet are returned by recovered(). Files that a crash has left and the
  // store knows nothing of are removed.
  Outputs(Disk& disk, std::filesystem::path root, std::vector<Part> open, const Log& log);
  ~Outputs();

  std::vector<Part> recovered();  // what the store has to be told after the start

  using LatestNumber = OpenParts::LatestNumber;
  void number_after(LatestNumber latest) { parts_.number_after(std::move(latest)); }

  // Whose answer lies under that path (folded) in that run; 0: nobody's.
  using PathOwner = std::function<std::int64_t(std::int64_t run, const std::string& path)>;
  void ask_for_owners(PathOwner owner) { path_owner_ = std::move(owner); }

  // Of a task all records are written, or none. Throws DiskFull with nothing half done: as if rolled back. A
  // part that somebody moved, replaced or cut is noted, and the next one begins.
  Written write(
      const std::vector<Record>& records, const Enough& enough = [] { return false; });
  void committed();
  void rolled_back();

  // Ends the parts of a run (0: of all runs), of one `base` (empty: all): syncs and gives them their final
  // names. Returns them as they are to be stored. Where it throws DiskFull, the next call returns those that
  // were sealed already.
  std::vector<Part> seal(std::int64_t run, const std::string& base = {});
  // The same for the parts that have reached their `roll`.
  std::vector<Part> seal_full() { return parts_.seal_full(); }

 private:
  void clear_up(const std::vector<Part>& open);
  void take_paths(const Shaped& shaped, const std::vector<Record>& records, Written& written);
  void write_down(const Shaped& shaped);
  void write_answers(Shaped& shaped, const std::vector<Record>& records, Written& written);
  void remove_answers_of_the_dead(const Shaped& shaped, const std::vector<Record>& records,
                                  const Written& written);
  void append(Shaped::Group group, Written& written);
  void remove_leftovers();

  Disk& disk_;
  std::filesystem::path root_;
  UnsyncedFolders folders_;
  Expressions expressions_;
  Compressor compressor_;
  AnswerFiles answer_files_;
  IntentLog intents_;
  OpenParts parts_;
  PathOwner path_owner_;
  std::vector<Part> recovered_;
  std::vector<std::filesystem::path> leftovers_;  // unfinished files that are yet to be removed
};

}  // namespace fanout
