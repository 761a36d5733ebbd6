#include "output/local_disk.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

class LocalDiskTest : public testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }

  LocalDisk disk_;

 private:
  TemporaryFolder folder_;
};

TEST_F(LocalDiskTest, AppendsToWhatIsThere) {
  disk_.open(path("a"))->append("one");
  const auto file = disk_.open(path("a"));
  file->append("two");
  file->sync();
  EXPECT_EQ(file->size(), 6);
  EXPECT_EQ(contents_of(path("a")), "onetwo");
}

TEST_F(LocalDiskTest, MakesTheFoldersOfAFile) {
  disk_.open(path("x/y/z/a"))->append("one");
  disk_.sync_folder(path("x/y/z"));
  EXPECT_EQ(contents_of(path("x/y/z/a")), "one");
}

TEST_F(LocalDiskTest, AppendsAtTheEndAfterACut) {
  const auto file = disk_.open(path("a"));
  file->append("123456");
  file->cut(2);
  file->append("x");
  EXPECT_EQ(contents_of(path("a")), "12x");
}

TEST_F(LocalDiskTest, SaysTheSizeOfWhatBearsAName) {
  EXPECT_EQ(disk_.size_of(path("a")), std::nullopt);
  EXPECT_EQ(disk_.size_of(path("no/folder/a")), std::nullopt);
  disk_.open(path("a"))->append("one");
  EXPECT_EQ(disk_.size_of(path("a")), 3);
  EXPECT_EQ(disk_.size_of(path("a/b")), std::nullopt);
  fs::create_symlink("nowhere", path("dangling"));
  EXPECT_NE(disk_.size_of(path("dangling")), std::nullopt);
}

TEST_F(LocalDiskTest, ReadsAWholeFile) {
  EXPECT_EQ(disk_.read(path("a")), std::nullopt);
  const auto text = std::string(100'000, 'x') + "end";
  disk_.open(path("a"))->append(text);
  EXPECT_EQ(disk_.read(path("a")), text);
}

TEST_F(LocalDiskTest, RenamesOverWhatIsThere) {
  disk_.open(path("new"))->append("new");
  disk_.open(path("old"))->append("old");
  disk_.rename(path("new"), path("old"));
  EXPECT_EQ(contents_of(path("old")), "new");
  EXPECT_FALSE(fs::exists(path("new")));
}

TEST_F(LocalDiskTest, WhatIsNotThereIsRemovedAlready) {
  disk_.open(path("a"))->append("one");
  disk_.remove(path("a"));
  disk_.remove(path("a"));
  EXPECT_FALSE(fs::exists(path("a")));
}

TEST_F(LocalDiskTest, NoticesThatAFileIsNoLongerInItsPlace) {
  const auto moved = disk_.open(path("moved"));
  const auto replaced = disk_.open(path("replaced"));
  const auto deleted = disk_.open(path("deleted"));
  EXPECT_TRUE(moved->still_in_place() && replaced->still_in_place() && deleted->still_in_place());
  fs::rename(path("moved"), path("elsewhere"));
  disk_.open(path("other"));
  fs::rename(path("other"), path("replaced"));
  fs::remove(path("deleted"));
  EXPECT_FALSE(moved->still_in_place());
  EXPECT_FALSE(replaced->still_in_place());
  EXPECT_FALSE(deleted->still_in_place());
}

TEST_F(LocalDiskTest, ANameThatSomethingElseBearsIsTaken) {
  disk_.open(path("file"))->append("one");
  fs::create_directory(path("folder"));
  fs::create_symlink(path("file"), path("link"));
  EXPECT_THROW(disk_.open(path("file/below")), NameTaken);
  EXPECT_THROW(disk_.open(path("folder")), NameTaken);
  EXPECT_THROW(disk_.open(path("link")), NameTaken) << "nobody leads us elsewhere";
  EXPECT_THROW(disk_.rename(path("file"), path("folder")), NameTaken);
  EXPECT_THROW(disk_.open(path(std::string(300, 'x'))), NameTaken);
}

TEST_F(LocalDiskTest, NoRoomIsDiskFull) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_THROW(disk_.open("/dev/full")->append("one"), DiskFull);
}

TEST_F(LocalDiskTest, OtherFailuresNameThePathAndTheWayOut) {
  fs::create_directory(path("locked"));
  fs::permissions(path("locked"), fs::perms::owner_read | fs::perms::owner_exec);
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;  // who may write everywhere
  ASSERT_EQ(::seteuid(is_root ? kNobody : ::geteuid()), 0);
  std::string what;
  std::string hint;
  try {
    disk_.open(path("locked/a"));
  } catch (const Error& error) {
    what = error.what();
    hint = error.hint();
  }
  ASSERT_EQ(::seteuid(is_root ? 0 : ::geteuid()), 0);
  EXPECT_NE(what.find(path("locked/a").string()), std::string::npos) << what;
  EXPECT_NE(hint.find("chown"), std::string::npos) << hint;
}

TEST_F(LocalDiskTest, AFolderThatIsGoneHasNoNamesToSync) { disk_.sync_folder(path("never/was")); }

}  // namespace
}  // namespace fanout
