// An open run as the engine knows it, and what people are shown of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ask/request_builder.h"
#include "forecast/speed.h"
#include "page/page_lengths.h"
#include "store/store.h"

namespace fanout {

struct ActiveRun {
  ActiveRun(Run the_run, MonoTime now);

  Run run;
  RunNames names;
  std::vector<Tally> tallies;  // as of the last commit
  bool counted = false;        // tallies are known
  int in_flight = 0;
  Speed speed;
  std::map<std::string, PageLengths> page_lengths;  // by level: what its replies have shown so far
  std::set<std::string> where_failed;               // levels of which that was said
  bool noted_blocked = false;
  MonoTime noted_at{};

  // What is known of the pages of a level.
  const PageLengths& lengths_of(const std::string& level) const;
  std::int64_t ready() const;
  std::int64_t open() const;
  std::int64_t settled() const;
  std::int64_t dead() const;
  std::optional<milliseconds> left(MonoTime now) const;
};

// What a commit notes of it; from now on that is taken for noted.
RunNote note_of(ActiveRun& run, const std::string& blocked, MonoTime now, WallTime wall);

struct RunProgress {
  Run run;
  std::vector<Tally> tallies;
  double rate = 0;  // settled a second, lately
  std::optional<milliseconds> left;
  std::string blocked;                   // why it does not move; empty: it moves
  std::optional<milliseconds> opens_in;  // until the vendor's next request may go, if that holds it up
};
// Why it does not move, and for how long.
std::string blocked_text(const RunProgress& run);

}  // namespace fanout
