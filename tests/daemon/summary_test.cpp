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

TEST(Summary, WhatIsSaidToTypeNamesTheSamePlace) {
  EXPECT_EQ(with_place("3 dead; look with: fanoutctl dead list", " --config /a.toml"),
            "3 dead; look with: fanoutctl --config /a.toml dead list");
  EXPECT_EQ(with_place("paused; to go on: fanoutctl resume v", " --config /a.toml"),
            "paused; to go on: fanoutctl --config /a.toml resume v");
  EXPECT_EQ(with_place("steer it with fanoutctl", " --config /a.toml"), "steer it with fanoutctl");
}

}  // namespace
}  // namespace fanout
