#include "harvest/commit.h"

#include <gmock/gmock.h>

namespace fanout {
namespace {

// Each task with so many records.
Commit commit_of(const std::vector<std::pair<std::int64_t, int>>& tasks) {
  Commit commit;
  for (const auto& [task, records] : tasks) {
    commit.batch.settlements.emplace_back().task = task;
    for (int i = 0; i < records; ++i) {
      commit.records.emplace_back().task = task;
      commit.settlement_of.push_back(commit.batch.settlements.size() - 1);
    }
  }
  return commit;
}

// The task of each settlement, and behind it those of its records.
std::vector<std::vector<std::int64_t>> tasks_of(const Commit& commit) {
  std::vector<std::vector<std::int64_t>> tasks;
  for (const auto& settlement : commit.batch.settlements) tasks.push_back({settlement.task});
  for (std::size_t i = 0; i < commit.records.size(); ++i)
    tasks.at(commit.settlement_of[i]).push_back(commit.records[i].task);
  return tasks;
}

using Tasks = std::vector<std::vector<std::int64_t>>;

TEST(Commit, SplitOffAreTheseSettlementsWithTheirRecords) {
  auto commit = commit_of({{1, 1}, {2, 0}, {3, 2}, {4, 0}, {5, 1}});
  const auto rest = commit.split_off({2, 4});
  EXPECT_EQ(tasks_of(commit), (Tasks{{1, 1}, {2}, {4}})) << "what keeps no record need not wait";
  EXPECT_EQ(tasks_of(rest), (Tasks{{3, 3, 3}, {5, 5}}));
}

TEST(Commit, PutBehindKeepTheirRecords) {
  auto commit = commit_of({{1, 1}, {2, 0}});
  commit.put_behind(commit_of({{3, 0}, {4, 2}}));
  EXPECT_EQ(tasks_of(commit), (Tasks{{1, 1}, {2}, {3}, {4, 4, 4}}));
}

}  // namespace
}  // namespace fanout
