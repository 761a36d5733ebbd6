// The limiter's state as text, for the column `limiter.state`: compact JSON, written up to four times a
// second.
//
// Ages and delays are in milliseconds before and after the moment at which it was written; that moment is on
// the monotonic clock of the boot named beside it. The text comes back from a database that anybody may edit,
// so whatever is not as it should be makes the whole of it unreadable, and never a crash. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limit/adaptive.h"
#include "limit/allowance.h"
#include "limit/arrivals.h"
#include "limit/breaker.h"
#include "limit/period_quota.h"

namespace fanout {

// What counts in rates.
struct SavedRates {
  struct Entry {
    milliseconds age;  // at least; below zero: it arrives later
    std::int64_t count;
  };
  struct Lane {
    milliseconds window{0};
    milliseconds due{0};  // of the pace; below zero: it is overdue
    std::vector<Entry> past;
  };

  std::int64_t on_their_way = 0;  // in flight, or may have left by valid_until
  std::vector<Entry> history;
  std::vector<Lane> lanes;
};

struct SavedLimiter : SavedRates {
  // One limit that the vendor told of.
  struct Told {
    std::string name;
    milliseconds heard_ago{0};
    Allowance::State allowance;
    bool several = false;
    std::int64_t limit = 0;  // of its window; 0: it has none
    std::int64_t on_their_way = 0;
    Lane lane;
  };

  // One finer limit. Of its values only what their windows hold is kept.
  struct Finer {
    struct OfValue : SavedRates {
      std::string value;
      std::optional<SavedPeriod> period;
    };
    std::string name;
    std::string text;             // what it was; not in what earlier versions wrote
    std::vector<OfValue> values;  // the empty one: what counts for each of the others
  };

  std::string boot;
  MonoTime at{};
  std::optional<WallTime> wall;  // not in what earlier versions wrote
  std::optional<milliseconds> hold;
  milliseconds own_hold{0};
  int orphans = 0;  // requests of a process that died, and for how long they take up slots
  milliseconds orphans_for{0};
  Breaker::State breaker;
  std::vector<Told> told;                   // not in what earlier versions wrote
  std::vector<Finer> finer;                 // likewise
  std::optional<Adaptive::State> adaptive;  // likewise, and only where the limit is looked for
};

constexpr std::size_t kMostEntriesKept = 128;  // buckets of a window that are written
std::vector<SavedLimiter::Entry> entries_of(const Arrivals& arrivals, MonoTime now,
                                            std::size_t most = kMostEntriesKept);
std::string write_limiter(const SavedLimiter& saved);
// Nothing if the text is not what write_limiter writes.
std::optional<SavedLimiter> read_limiter(std::string_view text);

}  // namespace fanout
