// A vendor that tells its limit with a status of its own: a rule holds it, as a 429 would.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

constexpr std::size_t kSlots = 4;
constexpr std::int64_t kHoldUs = 4'000'000;

// When the requests came that got this status.
std::vector<std::int64_t> arrivals(const TestVendor& vendor, int status) {
  std::vector<std::int64_t> at;
  std::ifstream lines(vendor.log());
  for (std::string line; std::getline(lines, line);) {
    const auto request = nlohmann::json::parse(line, nullptr, false);
    if (!request.is_discarded() && request["status"] == status) at.push_back(request["at_us"]);
  }
  return at;
}

TEST(RuleThatHolds, LetsOnlyWhatIsInFlightReachTheVendorBeforeTheTimeIsOver) {
  const House house;
  TestVendor vendor(house.path(), {"--troops", "1", "--warriors", "1", "--groups", "200", "--poison", "1",
                                   "--latency", "20ms"});
  house.configure(House::story(vendor.url(), R"(
concurrency = 4
[[vendor.oracle.rule]]
when = "status = 500"
then = "hold 1h"
wait = "CASE status WHEN 500 THEN '4s' END"
)"));
  const auto daemon = house.start_daemon();
  ASSERT_TRUE(eventually([&] { return house.is_up(); }));
  ASSERT_EQ(house.fanoutctl({"start", "monitoring"}).code, 0);
  ASSERT_TRUE(eventually([&] { return arrivals(vendor, 500).size() > kSlots; }));
  const auto at = arrivals(vendor, 500);
  const auto before = std::count_if(at.begin(), at.end(), [&](auto each) { return each < at[0] + kHoldUs; });
  EXPECT_LE(before, static_cast<std::ptrdiff_t>(kSlots) + 1) << "what was in flight, and a probe";
  EXPECT_EQ(house.sql("SELECT count(*) FROM dead_letter"), "0");
}

}  // namespace
}  // namespace fanout::test
