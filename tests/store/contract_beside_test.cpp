// What every store must keep beside the queue: parts, answer paths, limiters, orders.
#include <algorithm>

#include "store/contract.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class BesideContract : public StoreContract {
 protected:
  std::vector<Command> open_commands() {
    Batch batch;
    batch.read_commands = true;
    return apply(batch).commands;
  }
};

TEST_P(BesideContract, APartMovesAndIsSealed) {
  Batch batch;
  batch.parts = {{1, "p-1", "p", 1, 100, 3, false, ""}, {1, "p-2", "p", 2, 5, 1, false, ""}};
  apply(batch);
  batch.parts = {{1, "p-1", "p", 1, 250, 7, false, "moved"}, {1, "p-2", "p", 2, 5, 1, true, ""}};
  apply(batch);
  EXPECT_THAT(restart().open_parts, ElementsAre(batch.parts[0]));
}

TEST_P(BesideContract, TheLatestPartIsOfTheSameRunAndBaseSealedOrNot) {
  Batch batch;
  batch.parts = {{1, "p-1", "p", 1, 100, 3, true, ""},
                 {1, "p-2", "p", 2, 5, 1, true, ""},
                 {1, "q-3", "q", 3, 5, 1, false, ""},
                 {2, "p-4", "p", 4, 5, 1, false, ""}};
  apply(batch);
  EXPECT_EQ(store().latest_part(1, "p"), 2);
  EXPECT_EQ(store().latest_part(1, "q"), 3);
  EXPECT_EQ(store().latest_part(2, "q"), 0);
}

TEST_P(BesideContract, AnAnswerPathBelongsToOneTaskOfItsRunForAsLongAsThatIsThere) {
  const auto run = start(seeds(2));
  const auto tasks = claim(run.id, 2);
  Batch batch;
  for (const auto& task : tasks) {
    batch.settlements.push_back(settlement(task, State::done));
    batch.answer_paths.push_back({run.id, "raw/" + task.key + ".json", task.id});
  }
  batch.finish_runs = {run.id};
  apply(batch);
  for (const auto& task : tasks) EXPECT_EQ(store().owner_of(run.id, "raw/" + task.key + ".json"), task.id);
  EXPECT_EQ(store().owner_of(run.id, "raw/z.json"), 0);
  EXPECT_EQ(store().owner_of(run.id + 1, "raw/1.json"), 0);
  finished("monitoring", kNow);
  prune_all(kNow + seconds(1));
  EXPECT_EQ(store().owner_of(run.id, "raw/1.json"), 0);
}

TEST_P(BesideContract, ALimiterRowIsReplaced) {
  Batch batch;
  batch.limiters = {{"vendor/oracle", false, kNow, "on hold", R"({"windows":[]})", kNow + seconds(1)}};
  apply(batch);
  batch.limiters = {{"vendor/oracle", true, kNow + seconds(5), "", R"({"a":1})", kNow + seconds(2)}};
  batch.limiters[0].decides_pause = true;
  apply(batch);
  for (const auto& rows : {store().limiters(), restart().limiters}) {
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].subject, "vendor/oracle");
    EXPECT_TRUE(rows[0].paused);
    EXPECT_EQ(rows[0].hold_until, kNow + seconds(5));
    EXPECT_EQ(rows[0].why, "");
    EXPECT_EQ(rows[0].state, R"({"a":1})");
    EXPECT_EQ(rows[0].next, kNow + seconds(2));
  }
}

TEST_P(BesideContract, APauseIsLeftAloneByALimiterThatDecidesNothing) {
  Batch batch;
  batch.limiters = {{"vendor/oracle", true, kNow, "", "{}"}};
  batch.limiters[0].decides_pause = true;
  apply(batch);
  batch.limiters[0].paused = batch.limiters[0].decides_pause = false;
  apply(batch);
  EXPECT_TRUE(store().limiters().at(0).paused);
}

TEST_P(BesideContract, UpToWhenAScheduleIsDealtWithIsKeptWithItsText) {
  Batch batch;
  batch.schedules = {{"monitoring", "0 2 * * * UTC", kNow}, {"billing", "@hourly UTC", kNow}};
  apply(batch);
  batch.schedules = {{"monitoring", "0 3 * * * UTC", kNow + seconds(5)}};
  apply(batch);
  auto rows = restart().schedules;
  ASSERT_THAT(rows, SizeIs(2));
  std::ranges::sort(rows, {}, &ScheduleRow::pipeline);
  EXPECT_EQ(rows[0].text, "@hourly UTC");
  EXPECT_EQ(rows[0].considered, kNow);
  EXPECT_EQ(rows[1].pipeline, "monitoring");
  EXPECT_EQ(rows[1].text, "0 3 * * * UTC");
  EXPECT_EQ(rows[1].considered, kNow + seconds(5));
}

TEST_P(BesideContract, AnOrderIsReadUntilItIsAnswered) {
  order("start", "monitoring");
  order("redrive", "all");
  const auto commands = open_commands();
  ASSERT_THAT(commands, SizeIs(2));
  EXPECT_EQ(commands[0].command, "start");
  EXPECT_EQ(commands[0].target, "monitoring");
  EXPECT_EQ(commands[1].command, "redrive");
  Batch batch;
  EXPECT_THAT(apply(batch).commands, IsEmpty()) << "they are only read when they are wanted";
  EXPECT_THAT(open_commands(), SizeIs(2));
  batch.answered = {{commands[0].id, "started"}};
  apply(batch);
  const auto left = open_commands();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].id, commands[1].id);
}

TEST_P(BesideContract, AtMostAHundredOrdersAreReadAtOnceTheOldestFirst) {
  for (int i = 0; i < 101; ++i) order("pause", std::to_string(i));
  const auto commands = open_commands();
  ASSERT_THAT(commands, SizeIs(100));
  EXPECT_EQ(commands.front().target, "0");
  EXPECT_EQ(commands.back().target, "99");
}

TEST_P(BesideContract, OnlyWhatOthersWroteIsAChangeByOthers) {
  store().recover(kNow);
  EXPECT_FALSE(store().changed_by_others());
  start({seed("a", 0, "1")});
  EXPECT_FALSE(store().changed_by_others());
  order("pause", "monitoring");
  EXPECT_TRUE(store().changed_by_others());
  EXPECT_FALSE(store().changed_by_others());
}

INSTANTIATE_TEST_SUITE_P(Of, BesideContract, testing::ValuesIn(store_kinds()),
                         [](const auto& the) { return the.param.name; });

}  // namespace
}  // namespace fanout
