// A record and the settlement that it belongs to are kept together or not at all.
#include "harvest/keeper.h"

#include <memory>

#include "output/outputs_test.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const WallTime kNow = from_unix_ms(1'800'000'000'000);

class KeeperTest : public OutputsTest {
 protected:
  KeeperTest() {
    begin();
    keeper_ = std::make_unique<Keeper>(store_, *outputs_);
    Turn turn;
    NewRun& wanted = turn.batch.new_runs.emplace_back();
    wanted.run.pipeline = "monitoring";
    for (const std::string key : {"1", "2", "3"}) {
      Seed& seed = wanted.seeds.emplace_back();
      seed.level = "data";
      seed.key = key;
    }
    run_ = keeper_->keep(turn).applied.new_runs.at(0).id;
  }

  std::vector<Task> claim() {
    Turn turn;
    turn.batch.now = kNow;
    turn.batch.claims.push_back({run_, 10, kNow + seconds(60)});
    return keeper_->keep(turn).applied.claimed;
  }

  // The task is done, with a record for each of the outputs whose body is the task's key.
  void add(Turn& turn, const Task& task, const std::vector<const OutputSpec*>& outputs) {
    turn.batch.now = kNow;
    Settlement& settlement = turn.batch.settlements.emplace_back();
    settlement.task = task.id;
    settlement.lease = task.lease;
    for (const auto* output : outputs) {
      turn.records.push_back(record_for(*output, task.key, {}, run_));
      turn.settlement_of.push_back(turn.batch.settlements.size() - 1);
    }
  }
  void add(Turn& turn, const Task& task) { add(turn, task, {&plain_}); }

  std::string part() { return contents(".data-" + std::to_string(run_) + "-00001.ndjson"); }
  std::string text(const std::string& sql) {
    Statement statement(shell_, sql);
    return statement.step() ? std::string(statement.text(0)) : std::string();
  }
  std::string states() {
    return text("SELECT group_concat(state) FROM (SELECT state FROM task ORDER BY id)");
  }

  const OutputSpec unwritable_ = output_to("{nowhere}.ndjson");
  TemporaryFolder folder_;
  SqliteStore store_{folder_.path() / "fanoutd.db", {}, milliseconds(1)};
  Database shell_{folder_.path() / "fanoutd.db", Database::Mode::read_write};
  std::unique_ptr<Keeper> keeper_;
  std::int64_t run_ = 0;
};

TEST_F(KeeperTest, ARecordIsKeptWithItsSettlement) {
  Turn turn;
  for (const auto& task : claim()) add(turn, task);
  EXPECT_THAT(keeper_->keep(turn).must_wait, IsEmpty());
  EXPECT_EQ(states(), "done,done,done");
  EXPECT_EQ(part(), line_of("1") + line_of("2") + line_of("3"));
  EXPECT_EQ(shell_.number("SELECT committed FROM part"), static_cast<std::int64_t>(part().size()));
}

TEST_F(KeeperTest, ATaskPutBackByHandInFlightIsKeptOnceWhenItIsAskedAgain) {
  const auto first = claim();
  shell_.execute("UPDATE task SET state = 'ready', attempts = 0 WHERE id = 2");
  Turn turn;
  for (const auto& task : first) add(turn, task);
  const auto kept = keeper_->keep(turn);
  EXPECT_THAT(kept.must_wait, IsEmpty());
  EXPECT_THAT(kept.applied.stale, IsEmpty());
  EXPECT_TRUE(kept.others_wrote);
  EXPECT_EQ(states(), "done,ready,done");
  EXPECT_EQ(part(), line_of("1") + line_of("3"));

  Turn again;
  for (const auto& task : claim()) add(again, task);
  keeper_->keep(again);
  EXPECT_EQ(states(), "done,done,done");
  EXPECT_EQ(part(), line_of("1") + line_of("3") + line_of("2"));
}

TEST_F(KeeperTest, ALateReplyToAnEarlierClaimIsNotKeptBesideTheLaterOne) {
  const auto first = claim();
  shell_.execute("UPDATE task SET state = 'ready', attempts = 0 WHERE id = 2");
  const auto second = claim();
  ASSERT_THAT(second, SizeIs(1));
  Turn turn;
  add(turn, first[1]);
  add(turn, second[0]);
  add(turn, first[0]);
  keeper_->keep(turn);
  EXPECT_EQ(states(), "done,done,leased");
  EXPECT_EQ(part(), line_of("2") + line_of("1"));
}

TEST_F(KeeperTest, ATurnThatIsAllStaleKeepsNothing) {
  const auto tasks = claim();
  shell_.execute("UPDATE task SET state = 'skipped'");
  Turn turn;
  for (const auto& task : tasks) add(turn, task);
  EXPECT_THAT(keeper_->keep(turn).must_wait, IsEmpty());
  EXPECT_EQ(states(), "skipped,skipped,skipped");
  EXPECT_THAT(part(), testing::AnyOf("", "(not there)"));
}

TEST_F(KeeperTest, ATaskOneOfWhoseRecordsCannotBeWrittenKeepsNoneAndIsKeptOnceAfterARedrive) {
  const auto tasks = claim();
  Turn turn;
  add(turn, tasks[0], {&plain_, &unwritable_});
  add(turn, tasks[1]);
  keeper_->keep(turn);
  EXPECT_EQ(states(), "dead,done,leased");
  EXPECT_THAT(text("SELECT reason FROM dead"), Not(IsEmpty()));
  EXPECT_EQ(part(), line_of("2"));

  Turn redrive;
  redrive.batch.dead.push_back({false, tasks[0].id, 0, {}});
  keeper_->keep(redrive);
  Turn again;
  for (const auto& task : claim()) add(again, task);
  keeper_->keep(again);
  EXPECT_EQ(part(), line_of("2") + line_of("1"));
}

TEST_F(KeeperTest, WhatMustWaitIsKeptOnceAndTheEngineStillHearsThatOthersWrote) {
  Turn turn;
  for (const auto& task : claim()) add(turn, task);
  shell_.execute("INSERT INTO control (command, target) VALUES ('pause', 'monitoring')");
  shell_.execute("BEGIN IMMEDIATE");
  auto kept = keeper_->keep(turn);
  EXPECT_THAT(kept.must_wait, Not(IsEmpty()));
  EXPECT_FALSE(kept.others_wrote);
  shell_.execute("ROLLBACK");
  kept = keeper_->keep(turn);
  EXPECT_THAT(kept.must_wait, IsEmpty());
  EXPECT_TRUE(kept.others_wrote);
  EXPECT_THAT(kept.applied.commands, SizeIs(1));
  EXPECT_EQ(states(), "done,done,done");
  EXPECT_EQ(part(), line_of("1") + line_of("2") + line_of("3"));
}

}  // namespace
}  // namespace fanout
