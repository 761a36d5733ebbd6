// Claimed tasks that wait in memory for their request, by fair turns over their pipelines.
//
// Owned by a dispatcher, on the loop. An attempt that has begun, whose task goes back into the queue, is
// remembered, and goes on where it was when the task is claimed again: below one request a second a redirect
// would else be followed to its first hop for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "limit/demand.h"
#include "limit/fair_share.h"
#include "task/task.h"

namespace fanout {

// What an attempt has been through before it is over.
struct AttemptSoFar {
  std::string redirected_to;  // empty: ask what the level says
  int hops = 0;
  bool renewed = false;     // credentials
  bool sent_again = false;  // because it may never have been read
  friend bool operator==(const AttemptSoFar&, const AttemptSoFar&) = default;
};

struct Claimed {
  Task task;
  std::string pipeline;
  AttemptSoFar so_far{};
  Demand demand{};
  bool stays = false;  // take_if() has let it stay before
};

class WaitingTasks {
 public:
  // weight: of its turns; 1 until it is set.
  void share(const std::string& pipeline, int weight);
  void add(Claimed claimed);
  // Its attempt goes on: before all others of its run.
  void add_in_front(Claimed claimed);
  using Which = std::function<bool(const Demand&)>;
  // Whose turn it is of those that may have it; null: of none. Empty: all may.
  const Claimed* turn(const Which& may = {}) const;
  // Takes it, if it goes.
  std::optional<Claimed> next(const Which& may = {}, const Which& goes = {});
  // Those of a run in their order; who stayed before is looked at first. Which run comes then goes by turns
  // as well, where any are taken: what a limit has room for is not always the same one's.
  std::vector<Claimed> take_if(const Which& which);
  // Of what waits here; count: so many in a row want the same.
  void look_at(const std::function<void(const Demand&, int count)>& look) const;
  std::vector<Claimed> take_all();
  std::vector<Claimed> take_run(std::int64_t run);

  std::size_t count() const { return count_; }
  std::size_t count(std::int64_t run) const;
  bool has(std::int64_t run, std::int64_t task) const;
  // The lowest number of a claim among them; the highest number there is, if none waits.
  std::int64_t oldest_claim() const;

  // Its task goes back into the queue.
  void remember(const Claimed& claimed);
  void forget_run(std::int64_t run);
  void forget_attempts() { begun_.clear(); }

 private:
  using RunAndTask = std::pair<std::int64_t, std::int64_t>;
  struct Place {
    std::int64_t run = 0;
    std::size_t index = 0;
  };

  // The first of a run's that may.
  static std::size_t first_of(const std::deque<Claimed>& tasks, const Which& may);
  // Of those that stayed before, or of the others.
  static void take_if(std::deque<Claimed>& tasks, bool stayed, const Which& which,
                      std::vector<Claimed>& taken);
  std::optional<Place> place_of_turn(const Which& may) const;

  std::map<std::int64_t, std::deque<Claimed>> by_run_;
  std::size_t count_ = 0;
  std::map<RunAndTask, AttemptSoFar> begun_;
  FairShare turns_;
  FairShare firsts_;  // in take_if()
};

}  // namespace fanout
