#include "base/ascii.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Lower, ChangesTheLettersOfAsciiAlone) {
  EXPECT_EQ(lower("ETag_[Z@]9"), "etag_[z@]9");
  EXPECT_EQ(lower("\xC3\x84\xFF"), "\xC3\x84\xFF");
}

}  // namespace
}  // namespace fanout
