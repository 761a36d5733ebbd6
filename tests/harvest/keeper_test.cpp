// A record and the settlement that it belongs to are kept together or not at all.
#include "harvest/keeper.h"

#include <memory>

#include "output/outputs_test.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "support/slow_clock.h"
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
    keeper_ = std::make_unique<Keeper>(store_, *outputs_, clock_);
    Commit commit;
    NewRun& wanted = commit.batch.new_runs.emplace_back();
    wanted.run.pipeline = "monitoring";
    for (const std::string key : {"1", "2", "3"}) {
      Seed& seed = wanted.seeds.emplace_back();
      seed.level = "data";
      seed.key = key;
    }
    run_ = keeper_->keep(commit).applied.new_runs.at(0).id;
  }

  std::vector<Task> claim() {
    Commit commit;
    commit.batch.now = kNow;
    commit.batch.claims.push_back({run_, 10, kNow + seconds(60)});
    return keeper_->keep(commit).applied.claimed;
  }

  // The task is done, with a record for each of the outputs whose body is the task's key.
  void add(Commit& commit, const Task& task, const std::vector<const OutputSpec*>& outputs,
           const std::map<std::string, std::string>& names = {}) {
    commit.batch.now = kNow;
    Settlement& settlement = commit.batch.settlements.emplace_back();
    settlement.task = task.id;
    settlement.claim = task.claim;
    for (const auto* output : outputs) {
      commit.records.push_back(record_for(*output, task.key, names, run_));
      commit.records.back().task = task.id;
      commit.settlement_of.push_back(commit.batch.settlements.size() - 1);
    }
  }
  void add(Commit& commit, const Task& task) { add(commit, task, {&plain_}); }

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
  SlowClock clock_{kNow};
  std::unique_ptr<Keeper> keeper_;
  std::int64_t run_ = 0;
};

TEST_F(KeeperTest, ARecordIsKeptWithItsSettlement) {
  Commit commit;
  for (const auto& task : claim()) add(commit, task);
  EXPECT_THAT(keeper_->keep(commit).must_wait, IsEmpty());
  EXPECT_EQ(states(), "done,done,done");
  EXPECT_EQ(part(), line_of("1") + line_of("2") + line_of("3"));
  EXPECT_EQ(shell_.number("SELECT committed FROM part"), static_cast<std::int64_t>(part().size()));
}

TEST_F(KeeperTest, ATaskPutBackByHandInFlightIsKeptOnceWhenItIsAskedAgain) {
  const auto first = claim();
  shell_.execute("UPDATE task SET state = 'ready', attempts = 0 WHERE id = 2");
  Commit commit;
  for (const auto& task : first) add(commit, task);
  const auto kept = keeper_->keep(commit);
  EXPECT_THAT(kept.must_wait, IsEmpty());
  EXPECT_THAT(kept.applied.stale, IsEmpty());
  EXPECT_TRUE(kept.others_wrote);
  EXPECT_EQ(states(), "done,ready,done");
  EXPECT_EQ(part(), line_of("1") + line_of("3"));

  Commit again;
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
  Commit commit;
  add(commit, first[1]);
  add(commit, second[0]);
  add(commit, first[0]);
  keeper_->keep(commit);
  EXPECT_EQ(states(), "done,done,leased");
  EXPECT_EQ(part(), line_of("2") + line_of("1"));
}

TEST_F(KeeperTest, ATurnThatIsAllStaleKeepsNothing) {
  const auto tasks = claim();
  shell_.execute("UPDATE task SET state = 'skipped'");
  Commit commit;
  for (const auto& task : tasks) add(commit, task);
  EXPECT_THAT(keeper_->keep(commit).must_wait, IsEmpty());
  EXPECT_EQ(states(), "skipped,skipped,skipped");
  EXPECT_THAT(part(), testing::AnyOf("", "(not there)"));
}

TEST_F(KeeperTest, ATaskOneOfWhoseRecordsCannotBeWrittenKeepsNoneAndIsKeptOnceAfterARedrive) {
  const auto tasks = claim();
  Commit commit;
  add(commit, tasks[0], {&plain_, &unwritable_});
  commit.batch.settlements[0].attempt = 1;
  commit.batch.settlements[0].status = 200;
  commit.batch.settlements[0].request = "GET https://vendor.example/x";
  add(commit, tasks[1]);
  keeper_->keep(commit);
  EXPECT_EQ(states(), "dead,done,leased");
  EXPECT_THAT(text("SELECT reason FROM dead"), Not(IsEmpty()));
  EXPECT_EQ(text("SELECT status || ' ' || request FROM dead"), "200 GET https://vendor.example/x");
  EXPECT_EQ(
      text("SELECT number || ' ' || attempt.status || ' ' || (what = reason) FROM attempt JOIN dead_letter "
           "USING (task)"),
      "1 200 1");
  EXPECT_EQ(part(), line_of("2"));

  Commit redrive;
  redrive.batch.dead.push_back({false, tasks[0].id, 0, {}});
  keeper_->keep(redrive);
  Commit again;
  for (const auto& task : claim()) add(again, task);
  keeper_->keep(again);
  EXPECT_EQ(part(), line_of("2") + line_of("1"));
}

TEST_F(KeeperTest, WhatMustWaitIsKeptOnceAndTheEngineStillHearsThatOthersWrote) {
  Commit commit;
  for (const auto& task : claim()) add(commit, task);
  shell_.execute("INSERT INTO control (command, target) VALUES ('pause', 'monitoring')");
  shell_.execute("BEGIN IMMEDIATE");
  auto kept = keeper_->keep(commit);
  EXPECT_THAT(kept.must_wait, Not(IsEmpty()));
  EXPECT_FALSE(kept.others_wrote);
  shell_.execute("ROLLBACK");
  kept = keeper_->keep(commit);
  EXPECT_THAT(kept.must_wait, IsEmpty());
  EXPECT_TRUE(kept.others_wrote);
  EXPECT_THAT(kept.applied.commands, SizeIs(1));
  EXPECT_EQ(states(), "done,done,done");
  EXPECT_EQ(part(), line_of("1") + line_of("2") + line_of("3"));
}

// ---- one path, one task

struct TwoNames {
  const char* what;
  const char* first;
  const char* second;
  friend std::ostream& operator<<(std::ostream& out, const TwoNames& names) { return out << names.what; }
};

class KeeperTwoNames : public KeeperTest, public testing::WithParamInterface<TwoNames> {
 protected:
  std::string answers() {
    std::string all;
    for (const auto& file : files()) {
      if (file.ends_with(".json")) all += disk_.contents(file).value_or("") + ";";
    }
    return all;
  }
  std::string reason_of(const Task& task) {
    return text("SELECT reason FROM dead_letter WHERE task = " + std::to_string(task.id));
  }
  const OutputSpec answer_ = output_to("raw/{a.name}.json");
};

TEST_P(KeeperTwoNames, TheSecondTaskOfAPathIsDeadAndOverwritesNothing) {
  for (const bool in_one_turn : {true, false}) {
    SCOPED_TRACE(in_one_turn ? "in one commit" : "in two, with a restart between them");
    const auto tasks = claim();
    ASSERT_GE(tasks.size(), 2U);
    Commit commit;
    add(commit, tasks[0], {&answer_}, {{"a.name", GetParam().first}});
    if (!in_one_turn) {
      keeper_->keep(commit);
      commit = {};
      begin();
      keeper_ = std::make_unique<Keeper>(store_, *outputs_, clock_);
    }
    add(commit, tasks[1], {&answer_}, {{"a.name", GetParam().second}});
    keeper_->keep(commit);
    EXPECT_EQ(answers(), tasks[0].key + ";");
    EXPECT_THAT(reason_of(tasks[1]),
                testing::AllOf(testing::HasSubstr("holds the answer of task " + std::to_string(tasks[0].id)),
                               testing::HasSubstr("redrive")));
    if (in_one_turn) {
      shell_.execute("UPDATE task SET state = 'ready', attempts = 0; DELETE FROM answer_path");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, KeeperTwoNames,
                         testing::Values(TwoNames{"Alike", "eu", "eu"},
                                         TwoNames{"InCase", "Server", "SERVER"},
                                         TwoNames{"InCaseBeyondAscii", "\u00C4rger", "\u00E4rger"},
                                         TwoNames{"InUnicodeForm", "caf\u00E9", "cafe\u0301"},
                                         TwoNames{"InSharpS", "stra\u00DFe", "STRASSE"}),
                         [](const auto& row) { return row.param.what; });

// A select may take as long as its author likes; a commit may not.
TEST_F(KeeperTest, WhatThereIsNoTimeToShapeIsPutOffWithItsSettlement) {
  Commit commit;
  for (const auto& task : claim()) add(commit, task, {&plain_, &plain_});
  clock_.take(milliseconds(600));
  std::vector<std::string> after;
  for (std::optional<Commit> next = std::move(commit); next;) {
    auto kept = keeper_->keep(*next);
    next = std::move(kept.put_off);
    after.push_back(states());
  }
  EXPECT_THAT(after, testing::ElementsAre("done,leased,leased", "done,done,leased", "done,done,done"));
  EXPECT_EQ(part(), line_of("1") + line_of("1") + line_of("2") + line_of("2") + line_of("3") + line_of("3"));
}

TEST_F(KeeperTest, TheSameTaskReplacesItsOwnAnswer) {
  const auto answer = output_to("raw/{a.name}.json");
  for (int time = 0; time < 2; ++time) {
    Commit commit;
    add(commit, claim().at(0), {&answer}, {{"a.name", "eu"}});
    keeper_->keep(commit);
    EXPECT_EQ(shell_.number("SELECT count(*) FROM task WHERE state = 'done'"), 1);
    shell_.execute("UPDATE task SET state = 'ready', attempts = 0 WHERE state IN ('done', 'leased')");
  }
}

TEST_F(KeeperTest, TwoOutputsOfOneTaskUnderOnePathKeepNothingOfIt) {
  const auto first = output_to("raw/{a.name}.json"), second = output_to("RAW/{a.name}.json");
  Commit commit;
  const auto tasks = claim();
  add(commit, tasks.at(0), {&first, &second}, {{"a.name", "eu"}});
  add(commit, tasks.at(1), {&first}, {{"a.name", "us"}});
  keeper_->keep(commit);
  EXPECT_EQ(states(), "dead,done,leased");
  EXPECT_EQ(contents("raw/eu.json"), "(not there)");
  EXPECT_EQ(contents("raw/us.json"), tasks.at(1).key);
}

// Its second output fails on it, whether that is seen while it is shaped or when the file is to be made.
TEST_F(KeeperTest, ATaskThatDiesLeavesNoAnswerFileBehind) {
  const auto answer = output_to("raw/{a.name}.json");
  const auto in_the_way = output_to("raw/eu.json/below.json");
  for (const auto* other : {&unwritable_, &in_the_way}) {
    const auto tasks = claim();
    Commit commit;
    add(commit, tasks.at(0), {&answer, other}, {{"a.name", "eu"}});
    add(commit, tasks.at(1), {&answer}, {{"a.name", "us"}});
    keeper_->keep(commit);
    EXPECT_EQ(states(), "dead,done,leased") << other->to.text();
    EXPECT_EQ(contents("raw/eu.json"), "(not there)") << other->to.text();
    EXPECT_EQ(contents("raw/us.json"), tasks.at(1).key);
    shell_.execute("UPDATE task SET state = 'ready', attempts = 0");
  }
}

TEST_F(KeeperTest, PathsAreFreeAgainForAnotherRun) {
  shell_.execute("INSERT INTO answer_path (run, path, task) VALUES (" + std::to_string(run_ + 1) +
                 ", 'raw/eu.json', 1)");
  const auto answer = output_to("raw/{a.name}.json");
  Commit commit;
  add(commit, claim().at(1), {&answer}, {{"a.name", "eu"}});
  keeper_->keep(commit);
  EXPECT_EQ(shell_.number("SELECT count(*) FROM task WHERE state = 'done'"), 1);
}

}  // namespace
}  // namespace fanout
