// One daemon per state directory, and who it is.
#include "store/state_lock.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

// What the second one of two daemons is told; empty: it was let in.
std::string refusal(const std::filesystem::path& state_dir) {
  try {
    StateLock second(state_dir, kSince);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(StateLock, HoldsThoughItsFileWasRemoved) {
  TemporaryFolder folder;
  StateLock lock(folder.path(), kSince);
  std::filesystem::remove(folder.path() / "fanoutd.lock");
  EXPECT_THAT(refusal(folder.path()), HasSubstr("in use by another daemon"));
  EXPECT_THAT(refusal(folder.path()), HasSubstr("in use by another daemon"))
      << "a refused one leaves no lock behind";
}

TEST(StateLock, HoldsForTheOutputsTooWhereverTheyLie) {
  TemporaryFolder folder;
  for (const auto* each : {"one", "two", "outputs"}) std::filesystem::create_directory(folder.path() / each);
  for (const auto* each : {"one", "two"}) {
    std::filesystem::create_directory_symlink(folder.path() / "outputs", folder.path() / each / "out");
  }
  StateLock lock(folder.path() / "one", kSince);
  EXPECT_THAT(refusal(folder.path() / "two"),
              HasSubstr((folder.path() / "outputs").string() + " is in use by"));
}

// chown helps against one reason only.
TEST(StateLock, TheWayOutDependsOnTheReason) {
  for (const auto& [why, says] :
       {std::pair{EACCES, "chown $USER '/data/state'"}, std::pair{EPERM, "chown"},
        std::pair{EROFS, "ReadWritePaths=/data/state"}, std::pair{ENOSPC, "free some space"},
        std::pair{EDQUOT, "free some space"}, std::pair{ENOTDIR, "--state-dir"}}) {
    EXPECT_THAT(way_out_for_folder("/data/state", why), HasSubstr(says)) << std::strerror(why);
    const bool is_about_ownership = why == EACCES || why == EPERM;
    EXPECT_EQ(way_out_for_folder("/data/state", why).find("chown") != std::string::npos, is_about_ownership);
  }
}

}  // namespace
}  // namespace fanout
