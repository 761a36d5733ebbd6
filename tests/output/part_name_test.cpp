#include "output/part_name.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(PartName, CarriesRunAndNumberBeforeTheEnding) {
  EXPECT_EQ(part_path("data.ndjson", 17, 1), "data-17-00001.ndjson");
  EXPECT_EQ(part_path("a.b/data.ndjson.zst", 17, 123456), "a.b/data-17-123456.ndjson.zst");
  EXPECT_EQ(part_path("v1.2.ndjson.gz", 1, 2), "v1.2-1-00002.ndjson.gz");
}

TEST(PartName, HasADotInFrontWhileItIsUnfinished) {
  EXPECT_EQ(unfinished("data.ndjson"), ".data.ndjson");
  EXPECT_EQ(unfinished("/out/a/data.ndjson"), "/out/a/.data.ndjson");
}

}  // namespace
}  // namespace fanout
