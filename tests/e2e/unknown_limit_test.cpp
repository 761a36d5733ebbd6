// A limit that is not configured, at a vendor that counts for itself and says nothing of it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "e2e/house.h"

namespace fanout {
namespace {

using test::House;
using test::TestVendor;

TEST(UnknownLimit, IsFoundFromBelowAndNeverExceededByMoreThanATenth) {
  const House house;
  const TestVendor vendor(house.path(), {"--scale", "0.1", "--rate", "50/1s", "--latency", "exp:20ms"});
  house.configure(House::story(vendor.url(), "adaptive = true\nconcurrency = 16"));
  const auto begin = std::chrono::steady_clock::now();
  const auto run = house.once();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(run.code, 0) << run.output;

  const auto report = vendor.report();
  const auto requests = report["requests"].get<double>();
  const auto refused = report["refused_429"].get<double>();
  EXPECT_LT(refused / requests, 0.01) << report.dump(2);
  EXPECT_LE(report["windows"][0]["exceeded_by"], 5) << report.dump(2);
  EXPECT_LT(took.count(), requests / 50 + 30)
      << "seconds: half a minute to find it, and then nearly all of it";
  std::printf("%.0f requests in %.1f s, %.0f refused, the limit exceeded by %s\n", requests, took.count(),
              refused, report["windows"][0]["exceeded_by"].dump().c_str());
}

}  // namespace
}  // namespace fanout
