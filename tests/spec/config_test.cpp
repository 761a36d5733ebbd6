#include "spec/config.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(BaseUrlText, LeavesOutThePortThatTheSchemeImplies) {
  EXPECT_EQ((BaseUrl{true, "v.example", "443", "/rest"}).text(), "https://v.example/rest");
  EXPECT_EQ((BaseUrl{false, "v.example", "80", ""}).text(), "http://v.example");
  EXPECT_EQ((BaseUrl{true, "v.example", "80", ""}).text(), "https://v.example:80");
  EXPECT_EQ((BaseUrl{false, "v.example", "443", ""}).text(), "http://v.example:443");
}

TEST(BaseUrlText, PutsAnIpv6AddressInBrackets) {
  EXPECT_EQ((BaseUrl{false, "::1", "8080", "/x"}).text(), "http://[::1]:8080/x");
}

TEST(PipelineLevel, IsFoundByItsName) {
  PipelineSpec pipeline;
  pipeline.levels.resize(2);
  pipeline.levels[0].name = "troop";
  pipeline.levels[1].name = "warrior";
  EXPECT_EQ(pipeline.level("warrior"), &pipeline.levels[1]);
  EXPECT_EQ(pipeline.level("warriors"), nullptr);
}

}  // namespace
}  // namespace fanout
