#include "harvest/dispatchers.h"

#include "harvest/machines.h"

namespace fanout {
namespace {

class DispatchersTest : public Machines {};

TEST_F(DispatchersTest, GivePipelinesTheirTurnsByTheWeightsOfTheConfiguration) {
  auto& waiting = dispatchers.of("v").waiting();
  for (int i = 0; i < 20; ++i) {
    waiting.add(claimed_of(open(1, "p"), i));
    waiting.add(claimed_of(open(2, "q"), 100 + i));
  }
  int heavy = 0;
  for (int i = 0; i < 20; ++i) heavy += waiting.next()->pipeline == "p" ? 1 : 0;
  EXPECT_EQ(heavy, 15) << "p weighs three, q one";
}

TEST_F(DispatchersTest, GiveBackAtAReloadWhatWasClaimedBeforeIt) {
  dispatchers.of("v").waiting().add(claimed_of(open(1, "p")));
  EXPECT_EQ(dispatchers.configure(*config).size(), 1U);
  EXPECT_EQ(dispatchers.of("v").waiting().count(), 0U);
}

TEST_F(DispatchersTest, KnowWhatAVendorBoreThatAReloadBringsBack) {
  LimiterRow row;
  row.subject = "vendor/later";
  row.paused = true;
  dispatchers.restore({row});
  EXPECT_EQ(dispatchers.find("later"), nullptr);
  dispatchers.configure(
      *config_of("[vendor.later]\nbase_url = \"http://l.example\"\n[pipeline.p]\nvendor = \"later\"\n"
                 "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n"));
  ASSERT_NE(dispatchers.find("later"), nullptr);
  EXPECT_EQ(dispatchers.of("later").standstill().why, "vendor later is paused");
}

TEST_F(DispatchersTest, LetARunWhoseVendorAndPipelineAreOpen) {
  const auto& run = open(1, "p");
  EXPECT_TRUE(dispatchers.let(run, runs));
  dispatchers.of("v").pause(true);
  EXPECT_FALSE(dispatchers.let(run, runs));
  dispatchers.of("v").pause(false);
  dispatchers.close();
  EXPECT_FALSE(dispatchers.let(run, runs)) << "the process is about to end";
}

}  // namespace
}  // namespace fanout
