#include "harvest/suspects.h"

#include <gtest/gtest.h>

#include "support/at.h"

namespace fanout {
namespace {

Task task_of(std::int64_t id) {
  Task task;
  task.run = 1;
  task.id = id;
  return task;
}

TEST(Suspects, WaitLongerEachTimeTheirCredentialsAreRefused) {
  Suspects suspects;
  EXPECT_EQ(suspects.refused(task_of(1), at(0)), seconds(1));
  EXPECT_EQ(suspects.refused(task_of(1), at(1000)), seconds(5));
  EXPECT_EQ(suspects.refused(task_of(1), at(6000)), seconds(10));
  EXPECT_EQ(suspects.refused(task_of(1), at(16'000)), seconds(10));
  EXPECT_EQ(suspects.refusals(task_of(1)), 4);
  EXPECT_EQ(suspects.refusals(task_of(2)), 0);
}

TEST(Suspects, AreRefusedForThemselvesOnceSomethingThatLeftLaterWasAnsweredWell) {
  Suspects suspects;
  const Task task = task_of(1);
  EXPECT_FALSE(suspects.accepted_for_others(task, at(5), true)) << "it was never refused";
  suspects.refused(task, at(100));
  EXPECT_FALSE(suspects.accepted_for_others(task, at(50), true)) << "that left before the refusal";
  EXPECT_TRUE(suspects.accepted_for_others(task, at(150), false));
}

TEST(Suspects, AreRefusedForThemselvesTheThirdTimeIfTheVendorIsWell) {
  Suspects suspects;
  const Task task = task_of(1);
  suspects.refused(task, at(100));
  suspects.refused(task, at(200));
  EXPECT_FALSE(suspects.accepted_for_others(task, at(50), false));
  EXPECT_TRUE(suspects.accepted_for_others(task, at(50), true));
}

TEST(Suspects, AreSeveralWhenMoreThanOneTaskFailsAndNothingIsAnsweredWell) {
  Suspects suspects;
  suspects.failed(task_of(1));
  suspects.failed(task_of(1));
  EXPECT_FALSE(suspects.several_fail()) << "one task alone may fail by its own fault";
  suspects.failed(task_of(2));
  EXPECT_TRUE(suspects.several_fail());
  suspects.answered_well();
  EXPECT_FALSE(suspects.several_fail());
}

TEST(Suspects, AreForgottenWithTheirRun) {
  Suspects suspects;
  suspects.refused(task_of(1), at(0));
  suspects.forget_run(1);
  EXPECT_EQ(suspects.refusals(task_of(1)), 0);
}

}  // namespace
}  // namespace fanout
