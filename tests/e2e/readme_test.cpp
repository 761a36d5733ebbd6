// The README's first pipeline, typed in as it stands there; and the demo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using testing::HasSubstr;

struct Block {
  std::string language;
  std::string text;
};

// The fenced blocks of a section of the README.
std::vector<Block> blocks_of(const std::string& heading) {
  std::istringstream lines(contents_of(std::filesystem::path(SOURCE_DIR) / "README.md"));
  std::vector<Block> blocks;
  bool in_section = false, in_block = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) in_section = line == "## " + heading;
    if (!in_section) continue;
    if (line.starts_with("```")) {
      in_block = !in_block;
      if (in_block) blocks.push_back({line.substr(3), ""});
    } else if (in_block) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

TEST(Readme, ItsFirstPipelineWorksAsItStandsThere) {
  const House house;
  std::string script = "set -eu\ntrap 'kill %1' EXIT\n";
  const auto port = free_port();
  for (auto block : blocks_of("Your first pipeline")) {
    block.text = std::regex_replace(block.text, std::regex("18099"), port);
    if (block.language == "toml") std::ofstream(house.path("first.toml")) << block.text;
    if (block.language == "sh") script += block.text;
  }
  std::filesystem::create_directory_symlink(std::filesystem::path(FANOUTD_BINARY).parent_path(),
                                            house.path("build"));
  const auto ended =
      run({.words = {"bash", "-c", script}, .environment = {}, .folder = house.path(), .output = {}});
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("\"body\"")) << "the head of a record";
  EXPECT_THAT(ended.output, HasSubstr("finished"));
}

TEST(Demo, ShowsWhatWasCollectedWhatFailedAndWhatIsWorthTrying) {
  const auto build = std::filesystem::path(FANOUTD_BINARY).parent_path();
  const auto ended = run({.words = {std::filesystem::path(SOURCE_DIR) / "tests/demo/run", build}},
                         std::chrono::seconds(120));
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("Collected: 2,4"));
  EXPECT_THAT(ended.output, HasSubstr("its limits were exceeded by 0"));
  EXPECT_THAT(ended.output, HasSubstr("500"));
  EXPECT_THAT(ended.output, HasSubstr("SELECT * FROM queue"));
}

}  // namespace
}  // namespace fanout::test
