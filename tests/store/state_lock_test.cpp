// One daemon per state directory, and who it is.
#include "store/state_lock.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "store/sqlite/harness.h"

namespace fanout {
namespace {

using testing::HasSubstr;

const std::string kSince = "2027-01-15T08:00:00Z";

TEST(StateLock, MakesTheFolderAndSaysWhoHoldsIt) {
  TemporaryFolder folder;
  const auto state = folder.path() / "deep" / "state";
  EXPECT_EQ(StateLock::holder(state), std::nullopt);
  {
    StateLock lock(state, kSince);
    EXPECT_EQ(StateLock::holder(state), fmt::format("process {} since {}", getpid(), kSince));
  }
  EXPECT_EQ(StateLock::holder(state), std::nullopt);
}

TEST(StateLock, ASecondOneIsRefusedAndToldWhoHasIt) {
  TemporaryFolder folder;
  StateLock lock(folder.path(), kSince);
  try {
    StateLock second(folder.path(), kSince);
    FAIL() << "two daemons in one state directory";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(fmt::format("is in use by process {} since {}", getpid(), kSince)));
    EXPECT_THAT(error.hint(), HasSubstr("fanoutctl"));
  }
  EXPECT_NE(StateLock::holder(folder.path()), std::nullopt) << "asking and refusing take nothing away";
}

TEST(StateLock, IsFreeAgainAfterwards) {
  TemporaryFolder folder;
  { StateLock lock(folder.path(), "a long and earlier time than the next"); }
  StateLock again(folder.path(), kSince);
  EXPECT_EQ(StateLock::holder(folder.path()), fmt::format("process {} since {}", getpid(), kSince));
}

TEST(StateLock, AFolderThatCannotBeMadeIsAnErrorWithAWayOut) {
  try {
    StateLock lock("/proc/none/state", kSince);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot write to the state directory /proc/none/state"));
    EXPECT_THAT(error.hint(), HasSubstr("--state-dir"));
  }
}

}  // namespace
}  // namespace fanout
