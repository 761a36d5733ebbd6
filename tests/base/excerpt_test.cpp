#include "base/excerpt.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Excerpt, IsOneLineWithoutControlCharacters) {
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt("  a\r\n\tb \x1B[31m c\x7F "), "a b [31m c");
  EXPECT_EQ(excerpt(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(excerpt("a\xC2\x9B"
                    "31m b"),
            "a 31m b");  // C1: what ESC [ is in 8 bits
  EXPECT_EQ(excerpt("a\xE2\x80\xAE"
                    "b"),
            "a b");  // turns the text around
}

TEST(Excerpt, KeepsLettersAndReplacesWhatIsNoUtf8) {
  EXPECT_EQ(excerpt("Grüße 日本 😀"), "Grüße 日本 😀");
  EXPECT_EQ(excerpt("M\xFCller"), "M ller");
  EXPECT_EQ(excerpt("a\xC3"), "a");
  EXPECT_EQ(excerpt("a\xE0\x80\x80z\xED\xA0\x80y\xF5\x80\x80\x80x"), "a z y x");
}

TEST(Excerpt, IsCutBetweenCharacters) {
  EXPECT_EQ(excerpt(std::string(197, 'x')), std::string(197, 'x'));
  std::string umlauts;
  for (int i = 0; i < 500; ++i) umlauts += "ü";
  const std::string cut = excerpt(umlauts);
  EXPECT_LE(cut.size(), kLongestExcerpt);
  EXPECT_EQ(cut, umlauts.substr(0, 196) + "…");
}

}  // namespace
}  // namespace fanout
