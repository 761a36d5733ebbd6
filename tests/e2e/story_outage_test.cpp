// The outage of the story, replayed: a vendor that falls over when it is asked too much, and stays down while
// it is hammered. A naive client keeps it down; the daemon lets it recover, and finishes.
#include <gtest/gtest.h>

#include <fstream>

#include "e2e/house.h"

namespace fanout::test {
namespace {

// Event triggers: as many at once as there are, and each that fails is tried again at once.
constexpr const char* kNaive = R"(
import http.client, sys, threading, time
end = time.monotonic() + 12
def hammer():
    while time.monotonic() < end:
        try:
            client = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
            client.request("GET", "/device/groups")
            client.getresponse().read()
        except OSError:
            pass
threads = [threading.Thread(target=hammer) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
)";

TEST(StoryOutage, ANaiveClientKeepsTheVendorDownAndTheDaemonLetsItRecover) {
  const House house;
  TestVendor vendor(house.path(), {"--scale", "0.02", "--latency", "20ms", "--falls-over", "60/1s:5s"});
  std::ofstream(house.path("naive.py")) << kNaive;
  Command naive;
  naive.words = {"python3", house.path("naive.py").string(), vendor.port()};
  EXPECT_EQ(run(naive).code, 0);
  const auto hammered = vendor.report()["fell_over"];
  EXPECT_EQ(hammered["times"], 1) << "it fell within a moment, and never got up: " << hammered.dump();
  EXPECT_TRUE(hammered["is_down"].get<bool>());

  house.configure(House::story(vendor.url(), "rate = \"40/1s\"\n"));
  const auto ended = house.once();
  EXPECT_EQ(ended.code, 0) << ended.output;
  const auto report = vendor.report()["fell_over"];
  EXPECT_EQ(report["times"], 1) << "it got up, and did not fall again";
  EXPECT_FALSE(report["is_down"].get<bool>());
  EXPECT_LE(report["requests"].get<int>() - hammered["requests"].get<int>(), 16 + 10) << "probes, no storm";
  EXPECT_EQ(house.records("/body/id").size(), 490U);
  EXPECT_EQ(house.sql("SELECT count(*) FROM dead_letter"), "0");
  std::printf("the naive client: %d requests while it was down; the daemon: %d\n",
              hammered["requests"].get<int>(),
              report["requests"].get<int>() - hammered["requests"].get<int>());
}

// Nobody has told how much it bears, and there is no sign before: it is found by falling, and kept to after the second
// time.
TEST(StoryOutage, WithoutAKnownLimitItFallsTwiceAndIsFoundOut) {
  const House house;
  TestVendor vendor(house.path(), {"--scale", "0.04", "--latency", "20ms", "--falls-over", "60/1s:5s"});
  house.configure(House::story(vendor.url(), "adaptive = true\nconcurrency = 64\n"));
  const auto ended = house.once(std::chrono::minutes(4));
  EXPECT_EQ(ended.code, 0) << ended.output;
  const auto report = vendor.report();
  std::printf("fell over: %s\n", report["fell_over"].dump().c_str());
  EXPECT_LE(report["fell_over"]["times"].get<int>(), 2);
  EXPECT_FALSE(report["fell_over"]["is_down"].get<bool>());
  EXPECT_EQ(house.sql("SELECT count(*) FROM dead_letter"), "0");
}

}  // namespace
}  // namespace fanout::test
