// What the settled tasks of a run have shown of how its tree grows.
//
// What was seen is kept in blocks: stretches of the run, each of as many settled tasks as any other.
// Neighbours are alike, since the deepest level goes first and so one branch after another is asked to its
// end. How much the blocks differ tells how much is known, where the single tasks would say that far more is
// (batch means: Conway, Management Science 10, 1963; Schmeiser, Operations Research 30, 1982). When there are
// too many, neighbours are joined, so a sample takes the same room after a hundred tasks and after ten
// million. Owned by the run's forecast, on the loop.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace fanout {

// What one task was that is settled, and what its reply listed.
struct Settled {
  int level = 0;           // index in the tree of levels
  bool further = false;    // a further page of a list
  std::int64_t pages = 0;  // further pages of its list
  struct Children {
    int level = 0;
    std::int64_t count = 0;
  };
  std::vector<Children> children;  // of each level at most one
  std::int64_t bytes = 0;          // of its reply
};

// Sums over settled tasks, of one level.
struct LevelSums {
  double first = 0;             // settled first pages
  double further = 0;           // settled further pages
  double pages_of_first = 0;    // further pages that the first ones listed
  double pages_of_further = 0;  // … and the further ones
  double born = 0;              // first tasks of this level that settled tasks of its parent listed
  double born_squared = 0;      // the sum of their squares, each of one parent task
  double bytes = 0;             // of the replies of settled tasks
  double settled() const { return first + further; }
  void add(const LevelSums& other);
  void take_away(const LevelSums& other);
};
using Sums = std::vector<LevelSums>;  // by level

// All that they are made of.
inline constexpr std::array kLevelNumbers = {
    &LevelSums::first, &LevelSums::further,      &LevelSums::pages_of_first, &LevelSums::pages_of_further,
    &LevelSums::born,  &LevelSums::born_squared, &LevelSums::bytes};

class Sample {
 public:
  static constexpr std::size_t kMostBlocks = 32;

  explicit Sample(std::size_t levels) : levels_(levels), all_(levels) {}

  void add(const Settled& task);
  // Settled and listed before anybody watched: only the sums are known.
  void add_unseen(const Sums& sums);

  const Sums& all() const { return all_; }
  // The last of them may be shorter.
  const std::vector<Sums>& blocks() const { return blocks_; }

 private:
  friend struct SampleText;
  void join_neighbours();

  std::size_t levels_;
  Sums all_;
  std::vector<Sums> blocks_;
  std::int64_t length_ = 1;   // settled tasks of a block
  std::int64_t in_last_ = 0;  // … of the last one
};

}  // namespace fanout
