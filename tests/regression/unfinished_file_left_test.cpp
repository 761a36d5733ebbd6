// A crash after the first bytes of a file, and before its commit, left an unfinished file for ever if the
// repeated answer then had nothing to keep: nobody knew of it any more.
#include "output/outputs_test.h"

namespace fanout {
namespace {

class UnfinishedFileLeftTest : public OutputsTest {
 protected:
  // Returns whether the fault came to pass.
  bool crash_at(std::uint64_t operation, bool power_cut) {
    disk_ = ForgetfulDisk(operation + 1);
    begin();
    disk_.fail_after(operation, ForgetfulDisk::Fault::power_cut);
    bool crashed = false;
    try {
      outputs_->write({record_for(plain_, "1"), record_for(by_name_, "2", {{"id", "a"}}),
                       record_for(answer_, "3", {{"id", "b\nc"}})});
    } catch (const PowerCut&) {
      crashed = true;
    }
    outputs_.reset();
    power_cut ? disk_.cut_power() : disk_.kill();
    return crashed;
  }

  const OutputSpec by_name_ = output_to("by/{id}.ndjson.zst");
  const OutputSpec answer_ = output_to("raw/{id}.json");
};

TEST_F(UnfinishedFileLeftTest, NothingIsLeftWhicheverOperationTheCrashComesAt) {
  for (const bool power_cut : {false, true}) {
    bool crashed = true;
    for (std::uint64_t operation = 0; crashed; ++operation) {
      crashed = crash_at(operation, power_cut);
      begin();
      disk_.cut_power();  // what was removed stays removed
      for (const auto& path : files()) {
        EXPECT_EQ(path.find("/."), std::string::npos) << path << " is left by operation " << operation;
      }
    }
  }
}

TEST_F(UnfinishedFileLeftTest, NothingIsLeftWhenTheRestOfABatchIsKeptWithoutIt) {
  begin();
  outputs_->write({record_for(plain_, "1"), record_for(by_name_, "2", {{"id", "a"}})});
  outputs_->rolled_back();
  keep({record_for(plain_, "1")});
  EXPECT_THAT(files(), testing::ElementsAre("/out/.data-17-00001.ndjson"));
}

// Its bytes are the operator's to look at: its name without the dot was taken.
TEST_F(UnfinishedFileLeftTest, APartThatIsGivenUpOnKeepsItsBytesUnderTheDot) {
  keep({record_for(plain_, "1")});
  disk_.put("/out/data-17-00001.ndjson", "somebody's");
  EXPECT_THAT(outputs_->seal(17).at(0).note, testing::HasSubstr("its name is taken"));
  outputs_.reset();
  disk_.cut_power();
  begin();
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1"));
}

TEST_F(UnfinishedFileLeftTest, AnOpenPartIsNoLeftover) {
  begin({left_by_an_earlier_process()});
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1"));
}

// The list is of no use where its own words may be half there.
TEST_F(UnfinishedFileLeftTest, WhatIsTornInTheListIsNotBelieved) {
  disk_.put("/out.begun", "\n00000000 [\"raw/x.json\"]\n12345678\n\n[]\n00000000 [\"raw/x");
  disk_.put("/out/raw/.x.json", "somebody's");
  begin();
  EXPECT_EQ(contents("raw/.x.json"), "somebody's");
}

}  // namespace
}  // namespace fanout
