// The sum of a batch; that it adds up with everything else is in schema_test.cpp.
#include "store/sqlite/tally_sheet.h"

#include "store/sqlite/harness.h"

namespace fanout {
namespace {

class TallySheetTest : public StoreTest {
 protected:
  std::string rows() {
    return ask("SELECT run, level, depth, waiting, ready, leased, done, skipped, dead FROM tally");
  }
  TallySheet sheet_{other_};
};

TEST_F(TallySheetTest, ChangesAreAddedByRunAndLevel) {
  sheet_.made(1, "a", 0, State::ready);
  sheet_.made(1, "a", 0, State::ready);
  sheet_.made(1, "b", 1, State::ready);
  sheet_.made(2, "a", 0, State::dead);
  sheet_.moved(1, "a", 0, State::ready, State::leased);
  EXPECT_EQ(rows(), "");
  sheet_.write();
  EXPECT_EQ(rows(), "1|a|0|0|1|1|0|0|0\n1|b|1|0|1|0|0|0|0\n2|a|0|0|0|0|0|0|1");
  sheet_.moved(1, "a", 0, State::leased, State::waiting);
  sheet_.gone(2, "a", 0, State::dead);
  sheet_.write();
  sheet_.write();
  EXPECT_EQ(rows(), "1|a|0|1|1|0|0|0|0\n1|b|1|0|1|0|0|0|0\n2|a|0|0|0|0|0|0|0");
}

TEST_F(TallySheetTest, WhatATransactionThatFailedHadNotedIsGone) {
  sheet_.made(1, "a", 0, State::ready);
  sheet_.clear();
  sheet_.write();
  EXPECT_EQ(rows(), "");
}

}  // namespace
}  // namespace fanout
