#include "daemon/fanoutd/machine_limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Config with_concurrency(int concurrency) {
  Config config;
  config.vendors["v"].concurrency = concurrency;
  return config;
}

struct Case {
  const char* about;
  int concurrency;
  MachineLimits limits;
  const char* too_low;  // empty: nothing is
  const char* tight;
};

TEST(MachineLimits, AreHeldAgainstTheConfiguration) {
  const std::vector<Case> cases{
      {"plenty", 16, {65536, 4096, 8ull << 30}, "", ""},
      {"no limit but of files", 16, {1024, {}, {}}, "", ""},
      {"more connections than files", 1000, {1024, {}, {}}, "LimitNOFILE=", ""},
      {"just enough files", 768, {1024, {}, {}}, "", ""},
      {"fewer threads than it has", 16, {65536, 3, {}}, "TasksMax=", ""},
      {"replies that do not fit", 16, {65536, {}, 512ull << 20}, "", "body_limit"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.about);
    const auto found = compare(with_concurrency(each.concurrency), each.limits);
    for (const auto& [says, got] :
         {std::pair{each.too_low, found.too_low}, std::pair{each.tight, found.tight}}) {
      if (std::string_view(says).empty()) {
        EXPECT_THAT(got, IsEmpty());
      } else {
        EXPECT_THAT(got, ElementsAre(HasSubstr(says)));
      }
    }
  }
}

TEST(MachineLimits, OfThisMachineAreFoundAndTooLowOnesAreRefused) {
  const auto limits = machine_limits();
  EXPECT_GT(limits.files, 0u);
  EXPECT_GT(limits.memory.value_or(0), 1u << 20);
  expect_room(with_concurrency(1), limits);
  EXPECT_THROW(expect_room(with_concurrency(10), {.files = 20}), Error);
}

}  // namespace
}  // namespace fanout
