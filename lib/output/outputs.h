// The outputs of all pipelines: parts of many records, and files for one answer.
//
// Owned by the keeper and used on the store thread only. First the output, then the commit: write() appends,
// syncs and renames; only then does the store settle the tasks with the lengths that write() gave; then
// committed() says so here. Until committed(), rolled_back() cuts every part back to what is committed.
// Memory is bounded by the records of one batch; open files by kMostOpen.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/expression.h"
#include "config/spec.h"
#include "output/disk.h"
#include "task/part.h"

namespace fanout {

// One answer to keep, for one output.
struct Record {
  std::int64_t run = 0;
  const OutputSpec* output = nullptr;
  Template::Lookup names;   // for the output's path
  std::string parents;      // JSON text
  std::string fetched_at;   // UTC text
  std::string body;         // JSON text
};

struct Written {
  std::vector<std::string> places;  // one for each record: "raw/…/17.json" or "data-17-00001.ndjson@120+44"
  std::vector<std::string> problems;  // one for each record: why it could not be kept; empty: it was kept
  std::vector<Part> parts;            // those that moved, as they are to be stored
};

class Outputs {
 public:
  // root: the folder that relative paths lie below. open: the parts that the store knows as not sealed; each
  // is cut back to its committed length, or noted when it is moved or cut. Parts found sealed on the disk
  // though the store does not know it yet are returned by recovered().
  Outputs(Disk& disk, std::filesystem::path root, std::vector<Part> open, const Log& log);
  ~Outputs();

  std::vector<Part> recovered();  // what the store has to be told after the start

  // Throws DiskFull with nothing half done: as if rolled back.
  Written write(const std::vector<Record>& records);
  void committed();
  void rolled_back();

  // Ends the parts of a run (0: of all runs), of one `base` (empty: all): syncs and gives them their final
  // names. Returns them as they are to be stored.
  std::vector<Part> seal(std::int64_t run, const std::string& base = {});

 private:
  class OpenPart;
  // (whatever else is needed)
};

// One path component, safe whatever a vendor sent: never empty, "." or "..", without separators, control
// characters or leading dots, at most 200 bytes; what had to be changed gets a hash so that two names stay two.
std::string safe_component(std::string name);

}  // namespace fanout
