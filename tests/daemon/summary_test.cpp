// daemon/fanoutd/summary.cpp
#include "daemon/fanoutd/summary.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace fanout {
namespace {

TEST(Summary, NamesTheSamePlaceFromAnyFolder) {
  Options options;
  options.config = "conf/../first.toml";
  options.state_dir = "/var/lib/other";
  EXPECT_EQ(same_place(options), " --config " + (std::filesystem::current_path() / "first.toml").string() +
                                     " --state-dir /var/lib/other");
  EXPECT_EQ(same_place(Options()), "") << "the default is where everybody looks";
}

}  // namespace
}  // namespace fanout
