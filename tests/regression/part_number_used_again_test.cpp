// Sealed parts were moved away, as one does with finished files, and dead letters of their run were put back:
// the first part of what then came got the number, and so the row, of the first one that there had been.
#include <memory>

#include "harvest/keeper.h"
#include "output/outputs_test.h"
#include "sim/sim_clock.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

const WallTime kNow = from_unix_ms(1'800'000'000'000);

class PartNumberUsedAgainTest : public OutputsTest {
 protected:
  PartNumberUsedAgainTest() { start(); }

  void start() {
    keeper_.reset();
    outputs_.reset();
    disk_.kill();
    store_ = std::make_unique<SqliteStore>(folder_.path() / "fanoutd.db");
    begin(store_->recover(kNow).open_parts);
    keeper_ = std::make_unique<Keeper>(*store_, *outputs_, clock_);
  }

  // One task of the run is done, with a record; the run ends if nothing else is open.
  void harvest() {
    Commit claim;
    claim.batch.now = kNow;
    claim.batch.claims.push_back({run_, 1, kNow + seconds(60)});
    const auto task = keeper_->keep(claim).applied.claimed.at(0);
    Commit commit;
    commit.batch.now = kNow;
    Settlement& settlement = commit.batch.settlements.emplace_back();
    settlement.task = task.id;
    settlement.claim = task.claim;
    commit.records.push_back(record_for(plain_, task.key, {}, run_));
    commit.settlement_of.push_back(0);
    keeper_->keep(commit);
    Commit end;
    end.batch.now = kNow;
    end.batch.finish_runs = {run_};
    end.seal_runs = {run_};
    keeper_->keep(end);
  }

  // A run of two tasks, one of which is dead; its part is sealed, and somebody has moved it.
  void run_and_move_its_part() {
    Commit commit;
    commit.batch.now = kNow;
    NewRun& wanted = commit.batch.new_runs.emplace_back();
    wanted.run.pipeline = "monitoring";
    for (const std::string key : {"1", "2"}) {
      Seed& seed = wanted.seeds.emplace_back();
      seed.level = "data";
      seed.key = key;
    }
    run_ = keeper_->keep(commit).applied.new_runs.at(0).id;
    by_hand("UPDATE task SET state = 'dead' WHERE key = '2'");
    harvest();
    disk_.remove("/out/data-1-00001.ndjson");
  }

  void redrive() { by_hand("UPDATE task SET state = 'ready', attempts = 0 WHERE state = 'dead'"); }
  void by_hand(const std::string& sql) {
    Database(folder_.path() / "fanoutd.db", Database::Mode::read_write).execute(sql);
  }

  void expect_two_parts() {
    Database database(folder_.path() / "fanoutd.db", Database::Mode::read_write);
    EXPECT_EQ(database.number("SELECT count(*) FROM part WHERE sealed AND records = 1 AND note = ''"), 2);
    EXPECT_EQ(contents("data-1-00002.ndjson"), line_of("2"));
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
  sim::Timeline timeline_;
  sim::SimClock clock_{timeline_, kNow};
  std::unique_ptr<Keeper> keeper_;
  std::int64_t run_ = 0;
};

TEST_F(PartNumberUsedAgainTest, NotByTheSameProcess) {
  run_and_move_its_part();
  redrive();
  harvest();
  expect_two_parts();
}

TEST_F(PartNumberUsedAgainTest, NotByTheNextProcess) {
  run_and_move_its_part();
  redrive();
  start();
  harvest();
  expect_two_parts();
}

TEST_F(PartNumberUsedAgainTest, NotByTheNextProcessWhenItIsPutBackThen) {
  run_and_move_its_part();
  start();
  redrive();
  harvest();
  expect_two_parts();
}

}  // namespace
}  // namespace fanout
