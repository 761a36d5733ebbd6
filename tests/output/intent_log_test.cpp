#include "output/intent_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "support/forgetful_disk.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class IntentLogTest : public testing::Test {
 protected:
  std::vector<std::string> left() {
    begun_.reset();
    disk_.cut_power();
    begun_.emplace(disk_, "/out.begun");
    return begun_->left();
  }

  ForgetfulDisk disk_;
  std::optional<IntentLog> begun_{std::in_place, disk_, "/out.begun"};
};

TEST_F(IntentLogTest, WhatIsWrittenDownSurvivesAPowerCut) {
  EXPECT_THAT(left(), IsEmpty());
  begun_->write_down({"raw/a.json", "by/\"b\"\n-17-00001.ndjson"});
  begun_->write_down({"c.json"});
  EXPECT_THAT(left(), ElementsAre("raw/a.json", "by/\"b\"\n-17-00001.ndjson", "c.json"));
}

TEST_F(IntentLogTest, WhatIsSettledMakesRoomForTheNext) {
  begun_->write_down({"a.json", "b.json"});
  begun_->settled();
  begun_->write_down({"b.json", "c.json"});
  EXPECT_THAT(left(), ElementsAre("b.json", "c.json"));
}

TEST_F(IntentLogTest, WhatIsThereAlreadyCostsNothing) {
  begun_->write_down({"a.json"});
  const auto operations = disk_.operations();
  begun_->write_down({"a.json"});
  begun_->settled();
  begun_->write_down({"a.json"});
  begun_->write_down({});
  EXPECT_EQ(disk_.operations(), operations);
  begun_->write_down({"b.json"});
  EXPECT_THAT(left(), ElementsAre("a.json", "b.json")) << "the first is needed again";
}

TEST_F(IntentLogTest, WhatIsSettledCanBeForgotten) {
  begun_->write_down({"a.json"});
  begun_->forget_settled();
  begun_->settled();
  EXPECT_THAT(left(), ElementsAre("a.json")) << "it was not settled then";
  begun_->forget_settled();
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(IntentLogTest, ALineThatAFullDiskHasTornSpoilsNothing) {
  begun_->write_down({"a.json"});
  disk_.set_room(15);
  EXPECT_THROW(begun_->write_down({"b.json"}), DiskFull);
  disk_.set_room(std::nullopt);
  begun_->write_down({"c.json"});
  EXPECT_THAT(left(), ElementsAre("a.json", "c.json"));
}

TEST_F(IntentLogTest, AListThatSomebodyHasDeletedIsBegunAnew) {
  begun_->write_down({"a.json"});
  disk_.remove("/out.begun");
  begun_->write_down({"b.json"});
  EXPECT_THAT(left(), ElementsAre("b.json"));
}

}  // namespace
}  // namespace fanout
