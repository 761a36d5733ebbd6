#include "daemon/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;

TEST(Layout, GroupsDigitsByThousands) {
  const std::vector<std::pair<std::int64_t, std::string>> cases = {
      {0, "0"}, {999, "999"}, {1000, "1,000"}, {30401, "30,401"}, {-1234567, "-1,234,567"}, {-100, "-100"},
  };
  for (const auto& [number, text] : cases) EXPECT_EQ(grouped(number), text);
}

TEST(Layout, FitsALineByCharactersAndSaysThatItIsCut) {
  struct Case {
    std::string text;
    std::size_t width;
    std::string fitted;
  };
  const std::vector<Case> cases = {
      {"troop", 5, "troop"},
      {"troop", 4, "tro…"},
      {"größer", 6, "größer"},
      {"größer", 5, "größ…"},
      {"abc", 1, "…"},
      {"abc", 0, ""},
      {"", 3, ""},
      {"a\x1b[2Jb\n", 9, "a [2Jb "},
  };
  for (const auto& [text, width, fitted] : cases)
    EXPECT_EQ(fit(text, width), fitted) << text << " in " << width;
}

TEST(Layout, AlignsNumbersRightAndTextLeft) {
  EXPECT_THAT(table_lines({{"level"}, {"done", true}}, {{"troop", "41"}, {"größer", "30,401"}}),
              ElementsAre("level     done", "troop       41", "größer  30,401"));
}

TEST(Layout, LeavesNoSpacesAtTheEndOfALineAndNoControlCharactersInACell) {
  EXPECT_THAT(table_lines({{"a"}, {"why"}}, {{"1", "x\ny"}, {"2", ""}}),
              ElementsAre("a  why", "1  x y", "2"));
}

}  // namespace
}  // namespace fanout
