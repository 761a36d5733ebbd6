// How one leased task goes on, as it is to be committed. A value; task/disposition.h decides it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "task/left_out.h"
#include "task/task.h"

namespace fanout {

// One failed attempt, kept for the operator.
struct Failure {
  int attempt = 0;
  int status = 0;
  std::string what;
};

struct Settlement {
  std::int64_t task = 0;
  std::int64_t run = 0;       // of what it is, for whoever counts
  std::string level;          // …
  bool further_page = false;  // …
  std::int64_t claim = 0;     // that it ends; a task that is claimed anew meanwhile is not settled by it
  State to = State::done;     // done, skipped, dead, waiting or ready
  WallTime due{};             // waiting
  bool spent = true;          // false: the attempt is given back
  bool snoozed = false;       // counts as a snooze
  bool keeps_record = false;  // a record of it is written already, and must not be if it is not settled
  std::string record;         // done: where its record lies
  std::string reason;         // skipped or dead: why
  int attempt = 0;            // that it ends, and the status of its reply
  int status = 0;
  std::optional<Failure> failure;
  std::string request;  // of what is dead, or may turn out not to be kept: what was asked, without secrets
  std::vector<Seed> seeds;
  LeftOut left_out;        // of the items of its reply
  std::int64_t bytes = 0;  // of its reply, where it is done
};

}  // namespace fanout
