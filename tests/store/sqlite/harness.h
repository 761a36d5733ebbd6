// A store on a real file, and short ways to ask it things, for the tests of this layer.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "store/sqlite/sqlite_store.h"
#include "store/work.h"
#include "support/temporary_folder.h"

namespace fanout {

class StoreTest : public testing::Test {
 protected:
  StoreTest() : store_(path()), other_(path(), Database::Mode::read_write, {}, milliseconds(0)) {}

  std::filesystem::path path() const { return folder_.path() / "fanoutd.db"; }

  fanout::Run start(const std::vector<Seed>& seeds, const std::string& pipeline = "monitoring") {
    Batch batch;
    batch.now = kNow;
    NewRun wanted;
    wanted.run.pipeline = pipeline;
    wanted.run.cause = "once";
    wanted.run.scheduled_for = wanted.run.started_at = kNow;
    wanted.seeds = seeds;
    batch.new_runs.push_back(wanted);
    return store_.apply(batch).new_runs.front();
  }

  std::vector<Task> claim(std::int64_t run, int count, WallTime now = kNow) {
    Batch batch;
    batch.now = now;
    batch.claims.push_back({run, count, now + std::chrono::minutes(5)});
    return store_.apply(batch).claimed;
  }

  Applied settle(std::vector<Settlement> settlements, WallTime now = kNow) {
    Batch batch;
    batch.now = now;
    batch.settlements = std::move(settlements);
    return store_.apply(batch);
  }

  void prune_all(const Bygone& before) {
    while (store_.prune(before).more) {
    }
  }

  bool finish(std::int64_t run, WallTime now = kNow) {
    Batch batch;
    batch.now = now;
    batch.finish_runs.push_back(run);
    return !store_.apply(batch).finished.empty();
  }

  // What the database answers to an operator who may not do that; empty: he may.
  std::string refusal(const std::string& sql) {
    try {
      by_hand(sql);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  // What the operator sees, through a connection that is not the daemon's: columns by |, rows by lines.
  std::string ask(const std::string& sql) {
    Statement statement(other_, sql);
    std::string text;
    while (statement.step()) {
      if (!text.empty()) text += '\n';
      for (int i = 0; i < statement.columns(); ++i) {
        text += (i > 0 ? "|" : "") + std::string(statement.text(i));
      }
    }
    return text;
  }
  void by_hand(const std::string& sql) { other_.execute(sql); }

  std::string state_of_task(std::int64_t task) {
    return ask("SELECT state FROM task WHERE id = " + std::to_string(task));
  }

  // The rows where the kept counts differ from what is there: none, always.
  std::string wrong_tallies() {
    return ask(R"(
      WITH counted AS (SELECT run, level, sum(state = 'waiting') w, sum(state = 'ready') r, sum(state = 'leased') l,
                              sum(state = 'done') d, sum(state = 'skipped') s, sum(state = 'dead') x
                       FROM task GROUP BY run, level)
      SELECT run, level, t.waiting, w, t.ready, r, t.leased, l, t.done, d, t.skipped, s, t.dead, x
      FROM tally t FULL JOIN counted USING (run, level)
      WHERE (t.waiting, t.ready, t.leased, t.done, t.skipped, t.dead) IS NOT
            (ifnull(w, 0), ifnull(r, 0), ifnull(l, 0), ifnull(d, 0), ifnull(s, 0), ifnull(x, 0)))");
  }
  // Dead tasks without a dead letter, and dead letters without a dead task: none, always.
  std::string wrong_dead_letters() {
    return ask(R"(
      SELECT t.id, d.task FROM (SELECT * FROM task WHERE state = 'dead') t
      FULL JOIN dead_letter d ON d.task = t.id AND d.run = t.run AND d.level = t.level
      WHERE t.id IS NULL OR d.task IS NULL)");
  }

  TemporaryFolder folder_;
  SqliteStore store_;
  Database other_;
};

}  // namespace fanout
