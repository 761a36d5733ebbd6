#include "base/ascii.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Lower, ChangesTheLettersOfAsciiAlone) {
  EXPECT_EQ(lower("ETag_[Z@]9"), "etag_[z@]9");
  EXPECT_EQ(lower("\xC3\x84\xFF"), "\xC3\x84\xFF");
}

TEST(Ascii, StripsBothEndsOnly) {
  EXPECT_EQ(stripped(" \ta b\t "), "a b");
  EXPECT_EQ(stripped("\" a\"", " \""), "a");
  EXPECT_EQ(stripped(" \t"), "");
  EXPECT_EQ(stripped(""), "");
}

}  // namespace
}  // namespace fanout
