// A sample of a pipeline: which of what its replies list is asked too, so that at most so many requests are
// spread over its levels, and over the branches of its tree.
//
// Owned by its run, on the loop.
#pragma once

#include <map>
#include <string>
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

 private:
  // What one level lists of one level: its own further pages, or children.
  struct Share {
    bool is_set = false;
    int left = 0;
  };
  int take(const std::string& of, const std::string& from, int listed);

  int most_;
  int left_;
  std::map<std::string, Share> pages_;     // by level
  std::map<std::string, Share> children_;  // likewise
  std::map<std::string, int> open_;        // tasks that will yet list something
};

}  // namespace fanout
