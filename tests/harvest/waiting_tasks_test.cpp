#include "harvest/waiting_tasks.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

Claimed claimed_of(std::int64_t run, std::int64_t task, std::string pipeline) {
  Claimed claimed;
  claimed.task.run = run;
  claimed.task.id = task;
  claimed.pipeline = std::move(pipeline);
  return claimed;
}

TEST(WaitingTasks, TakeTurnsBetweenPipelinesByWeight) {
  WaitingTasks waiting;
  waiting.share("heavy", 3);
  for (int i = 0; i < 20; ++i) {
    waiting.add(claimed_of(1, i, "heavy"));
    waiting.add(claimed_of(2, i, "light"));
  }
  int heavy = 0;
  for (int i = 0; i < 20; ++i) heavy += waiting.next()->pipeline == "heavy" ? 1 : 0;
  EXPECT_EQ(heavy, 15) << "three of four";
}

TEST(WaitingTasks, OfARunGoInTheirOrder) {
  WaitingTasks waiting;
  waiting.add(claimed_of(1, 5, "p"));
  waiting.add(claimed_of(1, 3, "p"));
  waiting.add_in_front(claimed_of(1, 9, "p"));
  EXPECT_EQ(waiting.next()->task.id, 9) << "its attempt has begun";
  EXPECT_EQ(waiting.next()->task.id, 5);
  EXPECT_EQ(waiting.next()->task.id, 3);
  EXPECT_FALSE(waiting.next());
}

TEST(WaitingTasks, GiveBackWhatTheyHoldOfARun) {
  WaitingTasks waiting;
  waiting.add(claimed_of(1, 1, "p"));
  waiting.add(claimed_of(2, 2, "q"));
  waiting.add(claimed_of(1, 3, "p"));
  EXPECT_EQ(waiting.take_run(1).size(), 2U);
  EXPECT_EQ(waiting.count(), 1U);
  EXPECT_EQ(waiting.count(2), 1U);
  EXPECT_EQ(waiting.take_all().size(), 1U);
  EXPECT_EQ(waiting.count(), 0U);
}

TEST(WaitingTasks, RememberHowFarAnAttemptWasWhenItsTaskWentBack) {
  WaitingTasks waiting;
  auto followed = claimed_of(1, 7, "p");
  followed.so_far.redirected_to = "/elsewhere";
  followed.so_far.hops = 1;
  waiting.add_in_front(followed);
  waiting.take_all();
  waiting.add(claimed_of(1, 7, "p"));
  EXPECT_EQ(waiting.next()->so_far, followed.so_far);
  waiting.add(claimed_of(1, 7, "p"));
  EXPECT_EQ(waiting.next()->so_far, AttemptSoFar()) << "once";
}

TEST(WaitingTasks, ForgetAttemptsWithTheirRun) {
  WaitingTasks waiting;
  auto renewed = claimed_of(1, 7, "p");
  renewed.so_far.renewed = true;
  waiting.remember(renewed);
  waiting.forget_run(1);
  waiting.add(claimed_of(1, 7, "p"));
  EXPECT_EQ(waiting.next()->so_far, AttemptSoFar());
}

}  // namespace
}  // namespace fanout
