#include "harvest/orders.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace fanout {
namespace {

class FakeSteering : public Steering {
 public:
  std::string start(const std::string& pipeline) override {
    beginning.insert(pipeline);
    return "started";
  }
  std::string sample(const std::string& pipeline, int most_requests) override {
    return fmt::format("at most {} of {}", most_requests, pipeline);
  }
  std::string cancel(const std::string&) override { return "cancelled"; }
  std::string pause(const std::string&, bool paused) override { return paused ? "paused" : "resumed"; }
  std::string why(const Command& asked) override {
    return asked.about ? "it waits" : "refused: no such task";
  }
  bool is_beginning(const std::string& pipeline) const override { return beginning.contains(pipeline); }
  bool is_pipeline(const std::string& name) const override { return name == "p"; }

  std::set<std::string> beginning;
};

class OrdersTest : public testing::Test {
 protected:
  std::vector<std::string> outcomes(const Commit& commit) {
    std::vector<std::string> texts;
    for (const auto& answered : commit.batch.answered) texts.push_back(answered.outcome);
    return texts;
  }

  FakeSteering steering;
  std::vector<std::string> lines;
  Log log{[this](Severity, std::string_view line) { lines.emplace_back(line); }};
  Orders orders{steering, log};
  Commit next;
};

TEST_F(OrdersTest, AreAnsweredAndLogged) {
  orders.obey({{1, "pause", "p"}, {2, "resume", "p"}}, next);
  EXPECT_EQ(outcomes(next), (std::vector<std::string>{"paused", "resumed"}));
  EXPECT_EQ(lines, (std::vector<std::string>{"order 1: pause p: paused", "order 2: resume p: resumed"}));
}

TEST_F(OrdersTest, ThatOnlyAskAreAnsweredToo) {
  orders.obey({{1, "why", "17", TaskNow{}}, {2, "why", "18"}}, next);
  EXPECT_EQ(outcomes(next), (std::vector<std::string>{"it waits", "refused: no such task"}));
}

TEST_F(OrdersTest, ASampleNamesItsPipelineAndHowManyRequestsItMaySend) {
  orders.obey({{1, "sample", "p/50"}}, next);
  EXPECT_EQ(outcomes(next), std::vector<std::string>{"at most 50 of p"});
  for (const std::string wrong :
       {"p", "p/", "p/0", "p/-3", "p/many", "p/1000001", "p/99999999999999999999", ""}) {
    Commit commit;
    orders.obey({{2, "sample", wrong}}, commit);
    ASSERT_EQ(outcomes(commit).size(), 1U) << wrong;
    EXPECT_TRUE(outcomes(commit)[0].starts_with("refused: " + wrong)) << outcomes(commit)[0];
    orders.committed(commit, {}, next);
  }
}

TEST_F(OrdersTest, AboutARunThatIsJustBeginningWaitForIt) {
  orders.obey({{1, "start", "p"}, {2, "cancel", "p"}}, next);
  EXPECT_EQ(outcomes(next), std::vector<std::string>{"started"});
  EXPECT_TRUE(next.batch.read_commands) << "the other is read again";
  steering.beginning.clear();
  Commit later;
  orders.obey({{1, "start", "p"}, {2, "cancel", "p"}}, later);
  EXPECT_EQ(outcomes(later), std::vector<std::string>{"cancelled"}) << "and the first is not obeyed twice";
}

TEST_F(OrdersTest, ThatMoveDeadLettersAreAnsweredWithTheirCountOnceItIsKnown) {
  orders.obey({{1, "redrive", "run/3"}, {2, "drop", "17"}, {3, "redrive", "18"}}, next);
  EXPECT_TRUE(outcomes(next).empty());
  ASSERT_EQ(next.batch.dead.size(), 3U);
  EXPECT_EQ(next.batch.dead[0].run, 3);
  EXPECT_FALSE(next.batch.dead[0].drop);
  EXPECT_EQ(next.batch.dead[1].task, 17);
  EXPECT_TRUE(next.batch.dead[1].drop);
  Applied applied;
  applied.dead_moved = {{5, 0, 0}, {1, 2, 3}, {0, 0, 0}};
  Commit later;
  orders.committed(next, applied, later);
  EXPECT_EQ(
      outcomes(later),
      (std::vector<std::string>{
          "5 tasks",
          "1 task; 2 stay dead, because their run is gone: they can be looked at and "
          "dropped, no more; 3 stay dead until their run, which is being cancelled, has "
          "ended",
          "refused: task 18 is no dead letter, or none any more: it was put back, dropped or forgotten with "
          "its run; there are: fanoutctl dead list"}));
}

TEST_F(OrdersTest, AboutDeadLettersThatAreGoneSaySo) {
  struct Row {
    const char* target;
    DeadMoved moved;
    const char* says;
  };
  const Row rows[] = {
      {"99", {0, 0, 0}, "refused: task 99 is no dead letter, or none any more"},
      {"99", {0, 1, 0}, "refused: it stays dead, because its run is gone"},
      {"99", {0, 0, 1}, "refused: it stays dead until its run"},
      {"99", {1, 0, 0}, "1 task"},
      {"run/3", {0, 0, 0}, "0 tasks: there are no such dead letters"},
      {"all", {0, 2, 0}, "0 tasks; 2 stay dead"},
  };
  std::int64_t id = 0;
  for (const auto& [target, moved, says] : rows) {
    Commit asked, later;
    orders.obey({{++id, "redrive", target}}, asked);
    Applied applied;
    applied.dead_moved = {moved};
    orders.committed(asked, applied, later);
    ASSERT_EQ(outcomes(later).size(), 1U);
    EXPECT_TRUE(outcomes(later).front().starts_with(says)) << target << ": " << outcomes(later).front();
  }
}

TEST_F(OrdersTest, AboutNothingThatIsKnownAreRefused) {
  orders.obey({{1, "redrive", "nonsense"}}, next);
  EXPECT_EQ(outcomes(next),
            std::vector<std::string>{
                "refused: nonsense is no task's number, no run/N, no pipeline, and not 'all'"});
  EXPECT_TRUE(next.batch.dead.empty());
}

TEST_F(OrdersTest, AreForgottenOnceTheirAnswerIsKept) {
  orders.obey({{1, "pause", "p"}}, next);
  Commit later;
  orders.committed(next, {}, later);
  orders.obey({{1, "pause", "p"}}, later);
  EXPECT_EQ(outcomes(later).size(), 1U) << "its row was answered, so this is another one";
}

TEST_F(OrdersTest, MoreThanAreReadAtOnceAreReadAgain) {
  std::vector<Command> many;
  for (int i = 1; i <= 100; ++i) many.push_back({i, "pause", "p"});
  orders.obey(many, next);
  EXPECT_TRUE(next.batch.read_commands);
}

}  // namespace
}  // namespace fanout
