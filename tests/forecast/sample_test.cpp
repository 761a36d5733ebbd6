#include "forecast/sample.h"

#include <gtest/gtest.h>

#include "forecast/sample_text.h"

namespace fanout {
namespace {

const LevelTree kSmallTree = {{"a", -1}, {"b", 0}};

Sample of(int tasks) {
  Sample sample(2);
  for (int i = 0; i < tasks; ++i) sample.add({0, false, 0, {{1, i % 3}}});
  return sample;
}

TEST(Sample, TakesTheSameRoomHoweverMuchWasSeen) {
  const auto sample = of(100'000);
  EXPECT_LE(sample.blocks().size(), Sample::kMostBlocks);
  EXPECT_GE(sample.blocks().size(), Sample::kMostBlocks / 2);
  double first = 0, born = 0, squared = 0;
  for (const auto& block : sample.blocks()) {
    first += block[0].first;
    born += block[1].born;
    squared += block[1].born_squared;
  }
  EXPECT_EQ(first, 100'000);
  EXPECT_EQ(born, sample.all()[1].born);
  EXPECT_EQ(squared, sample.all()[1].born_squared);
}

TEST(Sample, TellsPagesFromOneAnother) {
  Sample sample(2);
  sample.add({0, false, 3, {{1, 4}}});
  sample.add({0, true, 0, {{1, 2}}});
  const auto& sums = sample.all();
  EXPECT_EQ(sums[0].first, 1);
  EXPECT_EQ(sums[0].further, 1);
  EXPECT_EQ(sums[0].pages_of_first, 3);
  EXPECT_EQ(sums[1].born, 6);
  EXPECT_EQ(sums[1].born_squared, 20);
}

TEST(Sample, OutlivesTheProcessAsText) {
  auto sample = of(1000);
  auto read = sample_of(text_of(sample, kSmallTree), kSmallTree);
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(*read, kSmallTree), text_of(sample, kSmallTree));
  for (int i = 0; i < 100; ++i) {
    sample.add({1, false, 0, {}});
    read->add({1, false, 0, {}});
  }
  EXPECT_EQ(text_of(*read, kSmallTree), text_of(sample, kSmallTree)) << "it goes on as it would have";
  EXPECT_LT(text_of(of(10'000'000 / 100), kSmallTree).size(), 4000U);
}

TEST(Sample, IsNotReadFromWhatIsNone) {
  const auto text = text_of(of(10), kSmallTree);
  EXPECT_FALSE(sample_of(text, {{"a", -1}, {"c", 0}})) << "of other levels";
  for (const std::string wrong : {"", "{}", "[]", "null", "{\"levels\":[[\"a\",-1],[\"b\",0]]}"})
    EXPECT_FALSE(sample_of(wrong, kSmallTree)) << wrong;
  for (std::size_t i = 0; i < text.size(); ++i) sample_of(text.substr(0, i), kSmallTree);
  auto negative = text;
  negative.replace(negative.find("10"), 2, "-1");
  EXPECT_FALSE(sample_of(negative, kSmallTree));
}

}  // namespace
}  // namespace fanout
