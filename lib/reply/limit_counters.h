// The limits of one reply while they are put together, value by value: a counter for each family of headers
// and each bucket in it. Private to reply/.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "limit/told_limit.h"
#include "reply/limit_times.h"

namespace fanout {

struct Counter {
  std::string family;
  std::string bucket;
  std::optional<double> limit;
  std::optional<std::int64_t> remaining;
  std::optional<double> used;
  std::optional<ResetIn> reset;
  std::optional<milliseconds> window;
  std::string unit;
  bool is_policy = false;  // from a list of policies, and no value of now belongs to it yet
};

class Counters {
 public:
  // refused: a remaining count of -1 means that nothing remains.
  Counters(bool refused, WallTime now) : refused_(refused), now_(now) {}

  Counter& of(std::string_view family, std::string_view bucket);
  Counter& add_policy(std::string_view family, std::string_view name);

  // Texts into a counter. What is none is nonsense of that header.
  void limit(Counter& counter, std::string_view text, std::string_view header);
  void remaining(Counter& counter, std::string_view text, std::string_view header);
  void used(Counter& counter, std::string_view text, std::string_view header);
  void reset(Counter& counter, std::string_view text, std::string_view header, bool in_milliseconds = false);
  void window(Counter& counter, std::string_view text, std::string_view header, bool in_milliseconds = false);
  void nonsense(Nonsense::Of of, std::string_view text, std::string_view header);

  WallTime now() const { return now_; }
  std::deque<Counter>& all() { return counters_; }
  std::vector<Nonsense> take_nonsense() { return std::move(nonsense_); }

 private:
  std::optional<double> count(std::string_view text, Nonsense::Of of, std::string_view header);

  bool refused_;
  WallTime now_;
  std::deque<Counter> counters_;  // a reference to one stays good while others are added
  std::vector<Nonsense> nonsense_;
};

// What they come to: values that belong together are joined, and what is said twice is said once.
std::vector<ToldLimit> joined(std::deque<Counter> counters);

}  // namespace fanout
