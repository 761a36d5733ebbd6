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

TEST(Summary, WhatIsPausedSaysHowToGoOnFromAnyFolder) {
  Options options;
  options.config = "/a.toml";
  LimiterRow paused;
  paused.subject = "vendor/v";
  paused.paused = true;
  LimiterRow other;
  other.subject = "vendor/w";
  EXPECT_EQ(paused_lines({paused, other}, options),
            std::vector<std::string>{"vendor/v is paused, so nothing of it is asked; to go on: fanoutctl "
                                     "--config /a.toml resume v"});
}

}  // namespace
}  // namespace fanout
