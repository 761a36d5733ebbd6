#include "harvest/farewell.h"

#include <gmock/gmock.h>

#include "harvest/machines.h"

namespace fanout {
namespace {

using testing::Contains;
using testing::HasSubstr;

class FarewellTest : public Machines {
 protected:
  // Of one level with such tasks.
  void end(std::int64_t done, std::int64_t skipped, std::int64_t dead, LeftOut left_out = {}) {
    ActiveRun& run = open(1, "p");
    run.tallies[0].done = done;
    run.tallies[0].skipped = skipped;
    run.tallies[0].dead = dead;
    run.tallies[0].left_out = left_out;
    say_farewell(run, clock.wall() + seconds(5), "fanoutctl --config /a.toml", log);
  }
};

TEST_F(FarewellTest, SaysWhatToTypeWhereThereAreDeadLetters) {
  end(2, 0, 3);
  EXPECT_THAT(lines,
              Contains("run 1 of pipeline p is complete: 2 done, 0 skipped, 3 dead, after 5 s; look with: "
                       "fanoutctl --config /a.toml dead list"));
}

TEST_F(FarewellTest, DoubtsThePathOfALevelThatWasSkippedWhole) {
  end(0, 4, 0);
  EXPECT_THAT(lines, Contains(HasSubstr("all 4 tasks of level a were skipped")));
}

TEST_F(FarewellTest, SaysHowManyItemsWereLeftOut) {
  end(1, 0, 0, {7, 2});
  EXPECT_THAT(lines, Contains(HasSubstr("left out 7 items")));
  EXPECT_THAT(lines, Contains(HasSubstr("failed on 2 items")));
}

}  // namespace
}  // namespace fanout
