#include "sim/sim_files.h"

#include <gtest/gtest.h>

namespace fanout::sim {
namespace {

TEST(SimFiles, KeepsInAPowerCutWhatWasSynced) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    SimFiles files(seed);
    const auto file = files.open("/a/f");
    files.write(*file, 0, "synced");
    files.sync(*file);
    files.sync_names("/a");
    files.write(*file, 6, " and not");
    files.cut_power();
    files.begin_again();
    const auto after = files.find("/a/f");
    ASSERT_NE(after, nullptr);
    EXPECT_EQ(after->bytes.substr(0, 6), "synced");
    EXPECT_LE(after->bytes.size(), 14U);
  }
}

TEST(SimFiles, ForgetsSometimesWhatWasNotSynced) {
  int forgotten = 0, kept = 0, nameless = 0;
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    SimFiles files(seed);
    const auto file = files.open("/a/f");
    files.write(*file, 0, "bytes");
    files.cut_power();
    files.begin_again();
    const auto after = files.find("/a/f");
    nameless += after == nullptr;
    forgotten += after != nullptr && after->bytes.empty();
    kept += after != nullptr && after->bytes == "bytes";
  }
  EXPECT_GT(nameless, 0);
  EXPECT_GT(forgotten, 0);
  EXPECT_GT(kept, 0);
}

TEST(SimFiles, KeepsAllWhenOnlyTheProcessDies) {
  SimFiles files(1);
  files.write(*files.open("/a/f"), 0, "bytes");
  files.die();
  EXPECT_THROW(files.open("/a/g"), Trouble);
  files.begin_again();
  EXPECT_EQ(files.find("/a/f")->bytes, "bytes");
}

TEST(SimFiles, GivesTheOldNameOrTheNewOneAfterARename) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    SimFiles files(seed);
    files.open("/a/.f");
    files.sync_names("/a");
    files.rename("/a/.f", "/a/f");
    files.cut_power();
    EXPECT_NE(files.find("/a/.f") == nullptr, files.find("/a/f") == nullptr);
  }
}

TEST(SimFiles, DiesInTheMiddleOfAnOperation) {
  SimFiles files(1);
  const auto file = files.open("/a/f");
  files.die_after(2);
  files.write(*file, 0, "first");
  EXPECT_THROW(files.write(*file, 5, "second"), Trouble);
  EXPECT_TRUE(files.dead());
  EXPECT_LE(file->bytes.size(), 11U);
}

TEST(SimFiles, HasNoRoomForMoreWhileItIsFull) {
  SimFiles files(1);
  const auto file = files.open("/a/f");
  files.write(*file, 0, "bytes");
  files.set_full(true);
  EXPECT_THROW(files.write(*file, 5, "more"), Trouble);
  files.write(*file, 0, "BYTES");
  EXPECT_EQ(file->bytes, "BYTES");
}

}  // namespace
}  // namespace fanout::sim
