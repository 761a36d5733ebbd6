// What the items of a reply become: the seeds of the next levels. Pure but for `where`; one for each reply.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "expression/expression.h"
#include "spec/config.h"
#include "task/left_out.h"
#include "task/task.h"

namespace fanout {

constexpr std::size_t kLongestKey = 200;                   // bytes; a longer one is known by its hash
constexpr std::size_t kLongestParents = 64 * 1024;         // bytes that a task keeps of its ancestors
constexpr std::size_t kMostSeedBytes = 128 * 1024 * 1024;  // of one reply

class Children {
 public:
  Children(const Task& task, const PipelineSpec& pipeline, const Level& level, Expressions& expressions);

  // Says what of the item is not as the level says, or nothing. `where` is asked first, and may drop what no
  // item should be.
  std::string add(const nlohmann::json& item);
  std::vector<Seed> take() { return std::move(seeds_); }
  const LeftOut& left_out() const { return left_out_; }
  const std::string& why_where_failed() const { return why_where_failed_; }  // the first time
  // The same for the same items in whatever order; 0: there were none, or the level has no pages.
  std::uint64_t made_of() const { return made_of_; }

 private:
  bool lets_through(const std::string& item);
  void note(const nlohmann::json& item, const std::string& text);
  const nlohmann::json* field_of(const nlohmann::json& item, const std::string& field) const;
  std::string read_kept(const nlohmann::json& item, std::string& kept) const;
  std::string read_key(const nlohmann::json& item, std::string& key) const;

  const Task& task_;
  const PipelineSpec& pipeline_;
  const Level& level_;
  Expressions& expressions_;
  std::shared_ptr<const std::string> ancestors_;  // the task's own parents, open for one more level
  std::unordered_set<std::string> keys_;
  std::size_t bytes_ = 0;
  std::vector<Seed> seeds_;
  LeftOut left_out_{};
  std::string why_where_failed_;
  std::uint64_t made_of_ = 0;
};

}  // namespace fanout
