// A sample of a pipeline: which of what its replies list is asked too, so that at most so many requests are
// spread over its levels, and over the branches of its tree; and what failed of it.
//
// Owned by its run, on the loop.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "spec/pipeline.h"
#include "task/task.h"

namespace fanout {

class Sampling {
 public:
  // The tasks that every run begins with are asked, as far as `most` goes.
  Sampling(const PipelineSpec& pipeline, int most);

  // Of what a task of that level has listed, with which it is settled.
  std::vector<Seed> chosen(const std::string& level, std::vector<Seed> listed);
  // A task needs one more request. False: there is none left for it.
  bool one_more();
  // … that were or will be sent.
  int requests() const { return most_ - left_; }

  void answered(const std::string& level) { ++results_[level].answered; }
  void failed(const std::string& level, const std::string& why);
  int failures() const;
  // JSON: {"troop": {"answered": 0, "failed": 3, "last": "404 …"}}, of levels of which some failed.
  std::string failures_text() const;

 private:
  // What one level lists of one level: its own further pages, or children.
  struct Share {
    bool is_set = false;
    int left = 0;
  };
  struct Level {
    std::string parent;  // empty: a first level
    int open = 0;        // tasks that will yet list something
    Share pages, children;
  };
  struct Results {
    int answered = 0, failed = 0;
    std::string last;
  };

  std::vector<Seed> without_chosen_pages(const std::string& level, std::vector<Seed> listed) const;
  int take(const std::string& of, const std::string& from, int listed);
  // No task of it is open, nor of those above it.
  bool is_over(const std::string& level) const;
  // That others are to have.
  int spoken_for(const Share& but) const;

  int most_;
  int left_;
  std::map<std::string, Level> levels_;
  std::set<std::tuple<std::string, std::int64_t, int>> pages_;  // chosen: level, list, number
  std::map<std::string, Results> results_;
};

}  // namespace fanout
