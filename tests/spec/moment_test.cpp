// lib/spec/moment.cpp
#include "spec/moment.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Moment, IsWrittenInEachFormThatIsListed) {
  const auto at = from_unix_ms(1'720'000'000'123);  // in summer
  EXPECT_EQ(format_moment(at, "", "UTC"), "1720000000");
  EXPECT_EQ(format_moment(at, "ms", "UTC"), "1720000000123");
  EXPECT_EQ(format_moment(at, "rfc3339", "America/Chicago"), "2024-07-03T09:46:40Z");
  EXPECT_EQ(format_moment(at, "local", "America/Chicago"), "2024-07-03T04:46:40-05:00");
  EXPECT_EQ(format_moment(at, "local", "UTC"), "2024-07-03T09:46:40+00:00");
  EXPECT_EQ(format_moment(at, "local_date", "Pacific/Kiritimati"), "2024-07-03");
  EXPECT_EQ(format_moment(from_unix_ms(1'720'006'400'000), "local_date", "Pacific/Kiritimati"), "2024-07-04");
  for (const auto& form : moment_forms()) EXPECT_TRUE(format_moment(at, form, "UTC")) << form;
  EXPECT_FALSE(format_moment(at, "iso", "UTC"));
}

TEST(FirstSince, IsADateAMomentOrADuration) {
  const auto started = from_unix_ms(1'720'000'000'000);
  const std::pair<const char*, std::int64_t> rows[] = {{"2024-01-01", 1'704'067'200'000},
                                                       {"2024-01-01T00:00:01Z", 1'704'067'201'000},
                                                       {"2024-01-01T02:00:00+02:00", 1'704'067'200'000},
                                                       {"30d", 1'720'000'000'000 - 30 * 86'400'000LL}};
  for (const auto& [text, ms] : rows) {
    const auto first = FirstSince::parse(text);
    ASSERT_TRUE(first) << text;
    EXPECT_EQ(unix_ms(first->of_run(started)), ms) << text;
  }
  for (const char* text : {"", "yesterday", "2024-13-01", "2024-01-01x", "2024-01-01 00:00", "-3d", "2024"})
    EXPECT_FALSE(FirstSince::parse(text)) << text;
}

}  // namespace
}  // namespace fanout
