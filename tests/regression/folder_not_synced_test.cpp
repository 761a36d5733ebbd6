// A process that was killed after it had made a folder, and before it had synced the name of it, took that
// duty along: the next one found the folder there, and a power cut could take it away with all that was
// committed in it.
#include <fmt/format.h>

#include "output/outputs_test.h"

namespace fanout {
namespace {

class FolderNotSyncedTest : public OutputsTest {};

TEST_F(FolderNotSyncedTest, WhatIsCommittedInItSurvivesAPowerCut) {
  const auto answer = output_to("raw/{a}/{b}/{id}.json");
  const auto record = record_for(answer, "1", {{"a", "x"}, {"b", "y"}, {"id", "z"}});
  bool killed = true;
  for (std::uint64_t operation = 0; killed; ++operation) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      SCOPED_TRACE(fmt::format("operation {}, seed {}", operation, seed));
      disk_ = ForgetfulDisk(seed);
      begin();
      disk_.fail_after(operation, ForgetfulDisk::Fault::power_cut);
      killed = false;
      try {
        outputs_->write({record});
      } catch (const PowerCut&) {
        killed = true;
      }
      outputs_.reset();
      disk_.kill();
      begin();
      keep({record});
      outputs_.reset();
      disk_.cut_power();
      EXPECT_EQ(contents("raw/x/y/z.json"), "1");
    }
  }
}

}  // namespace
}  // namespace fanout
