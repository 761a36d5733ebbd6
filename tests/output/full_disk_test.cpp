// A full disk: nothing half done, nothing lost, and work goes on once there is room.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>
#include <optional>

#include "output/local_disk.h"
#include "output/outputs_test.h"
#include "support/inflated.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class FullDiskTest : public OutputsTest {};

TEST_F(FullDiskTest, WhateverFitsOfABatchIsCutBackToWhatIsCommitted) {
  const auto other = output_to("other.ndjson");
  const auto answer = output_to("raw/{id}.json");
  keep({record_for(plain_, "1"), record_for(other, "1")});
  const std::vector<Record> batch = {record_for(plain_, "2"), record_for(answer, "22", {{"id", "a"}}),
                                     record_for(other, std::string(500, '3'))};
  for (std::int64_t room = 0; room < 500; room += 7) {
    disk_.set_room(room);
    EXPECT_THROW(outputs_->write(batch), DiskFull) << room;
    EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1"));
    EXPECT_EQ(contents(".other-17-00001.ndjson"), line_of("1"));
    for (const auto& path : disk_.files()) EXPECT_NE(path, "/out/raw/.a.json") << "unfinished";
  }
  disk_.set_room(std::nullopt);
  keep(batch);
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1") + line_of("2"));
  EXPECT_EQ(contents(".other-17-00001.ndjson"), line_of("1") + line_of(std::string(500, '3')));
  EXPECT_EQ(contents("raw/a.json"), "22");
}

TEST_F(FullDiskTest, WhatWasSealedBeforeIsReturnedByTheNextCall) {
  const auto other = output_to("sub/other.ndjson");
  keep({record_for(plain_, "1"), record_for(other, "1")});
  // The sync of the first, its rename, then the sync of the second.
  disk_.fail_after(2, ForgetfulDisk::Fault::full);
  EXPECT_THROW(outputs_->seal(17), DiskFull);
  EXPECT_THAT(outputs_->seal(17), testing::SizeIs(2));
}

// What comes before it is committed, and must not be taken for failed.
TEST_F(FullDiskTest, AFullPartThatCannotBeSealedStaysOpenForTheNextTime) {
  auto output = output_to("data.ndjson");
  output.roll = 10;
  keep({record_for(output, "1")});
  disk_.fail_after(1, ForgetfulDisk::Fault::full);
  EXPECT_THAT(outputs_->seal_full(), IsEmpty());
  EXPECT_THAT(logged_, ElementsAre(testing::HasSubstr("stays open for now")));
  EXPECT_THAT(outputs_->seal_full(), testing::SizeIs(1));
}

// A file system of a few pages, where the test may mount one.
class SmallFileSystem {
 public:
  SmallFileSystem() : mounted_(::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=512k") == 0) {}
  ~SmallFileSystem() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;

  bool is_mounted() const { return mounted_; }
  const fs::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  bool mounted_;
};

TEST(SmallFileSystemTest, ARunThatMeetsItsEndGoesOnWhenThereIsRoom) {
  const SmallFileSystem small;
  if (!small.is_mounted()) GTEST_SKIP() << "this user may mount nothing";
  std::ofstream(small.path() / "filler") << std::string(256 * 1024, 'x');
  const auto part = output_to("data.ndjson");
  const auto packed = output_to("by/{id}.ndjson.zst");
  const auto answer = output_to("raw/{id}.json");
  const Log log([](Severity, std::string_view) {});
  LocalDisk disk;
  Outputs outputs(disk, small.path() / "out", {}, log);

  int times_full = 0;
  std::string expected;
  for (int id = 0; id < 20; ++id) {
    const auto body = std::to_string(id) + std::string(5000, ' ');
    const std::map<std::string, std::string> names = {{"id", std::to_string(id)}};
    const std::vector<Record> batch = {record_for(part, body), record_for(packed, body, names),
                                       record_for(answer, body, names)};
    try {
      outputs.write(batch);
    } catch (const DiskFull&) {
      ++times_full;
      EXPECT_EQ(contents_of(small.path() / "out/.data-17-00001.ndjson"), expected) << "cut back";
      EXPECT_FALSE(fs::exists(small.path() / "out/raw" / ("." + std::to_string(id) + ".json")));
      fs::remove(small.path() / "filler");
      outputs.write(batch);
    }
    outputs.committed();
    expected += line_of(body);
  }
  EXPECT_EQ(times_full, 1) << "the test is to meet the end once";

  EXPECT_EQ(outputs.seal(17).size(), 21U);
  EXPECT_EQ(contents_of(small.path() / "out/data-17-00001.ndjson"), expected);
  for (int id = 0; id < 20; ++id) {
    const auto body = std::to_string(id) + std::string(5000, ' ');
    const auto frames = contents_of(small.path() / "out/by" / (std::to_string(id) + "-17-00001.ndjson.zst"));
    EXPECT_EQ(inflated(OutputSpec::Compression::zstd, frames), line_of(body));
    EXPECT_EQ(contents_of(small.path() / "out/raw" / (std::to_string(id) + ".json")), body);
  }
}

}  // namespace
}  // namespace fanout
