// What is foreseen of one run: how many calls are still to come, and how long they take.
//
// It is told of each task that is settled (saw), and of how many there are of each level after each commit
// (counted). Owned by the run, on the loop, told the time; never fails.
#pragma once

#include <optional>
#include <string>

#include "forecast/growth.h"
#include "forecast/sample.h"
#include "forecast/speed.h"
#include "forecast/time_left.h"

namespace fanout {

class Forecast {
 public:
  Forecast(LevelTree tree, History history, MonoTime begun);

  // What text() said in a process before.
  void restore(const std::string& text);
  std::string text() const;
  const LevelTree& tree() const { return tree_; }
  const History& history() const { return history_; }
  // The levels are others now: what was seen of those that are still there counts.
  void change(LevelTree tree, History history);

  void saw(const Settled& task);
  // All that are settled and open. What nobody has told of counts too, as if each had listed the same.
  void counted(Counts counts, MonoTime now);
  // Whether something holds it up: that time says nothing of its pace.
  void held_up(bool held_up, MonoTime now);

  double rate(MonoTime now) const { return speed_.rate(now); }  // settled a second, lately
  // … while nothing held it up; nothing while nobody knows.
  std::optional<double> pace(MonoTime now) const;
  std::optional<Growth> growth() const;

 private:
  void take_unseen();

  LevelTree tree_;
  History history_;
  Sample sample_;
  Counts counts_;
  Speed speed_;
  bool is_counted_ = false;
  std::optional<MonoTime> held_up_since_;
};

}  // namespace fanout
