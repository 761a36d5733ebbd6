// Whatever a vendor writes into its headers, by mistake or not: nobody crashes, and it makes nobody faster.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "limit/limiter.h"
#include "reply/limit_rows.h"
#include "reply/retry_after.h"
#include "support/at.h"

namespace fanout {
namespace {

constexpr int kMutations = 200;

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : chance_(seed) {}

  void mutate(HeaderList& headers) {
    for (auto times = 1 + below(3); times > 0; --times) {
      if (headers.empty()) return;
      auto& [name, value] = headers[below(headers.size())];
      switch (below(8)) {
        case 0:
          value = pick({"-1", "-9223372036854775808", "9223372036854775808", "18446744073709551616", "0"});
          break;
        case 1:
          value = pick(
              {"٣٤", "１００", "100 requests", "1e9", "0x10", "inf", "NaN", "+5", "", " ", "\"", "\xff\xfe"});
          break;
        case 2:
          value = std::string(10'000, pick({"9", "a", ",", ";", "\"", "1,", "=", "/"})[0]);
          break;
        case 3:
          if (!value.empty())
            value[below(value.size())] = pick({"9", "0", "-", ".", ";", ",", "=", "\"", "/"})[0];
          break;
        case 4:
          if (!value.empty()) value.erase(below(value.size()), 1 + below(3));
          break;
        case 5:
          value += pick({"0", "000000000", ", 1000000", ";w=1", ";q=999999;w=1", "/1000000"});
          break;
        case 6:
          headers.emplace_back(name, pick({"1000000", "0", "1"}));
          break;
        default:
          headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(below(headers.size())));
      }
    }
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(chance_() % end); }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }

  std::mt19937_64 chance_;
};

// When each of the next requests leaves, where every reply tells the same.
std::vector<MonoTime> departures(int status, const ToldLimits& told, std::optional<milliseconds> hold) {
  Limiter limiter({4, {{20, seconds(1)}, {100, seconds(10)}}, 4}, at(0));
  std::vector<MonoTime> departures;
  auto now = at(0);
  for (int i = 0; i < 40; ++i) {
    now = limiter.next(now);
    departures.push_back(now);
    const auto ticket = limiter.take(now);
    limiter.sent(ticket, now);
    Ending ending{status == 200 ? Evidence::alive : Evidence::unclear, "HTTP"};
    ending.asked_too_much = status == 429 && i % 8 == 0;
    ending.hold = hold;
    ending.told = told;
    limiter.ended(ticket, ending, now);
  }
  return departures;
}

TEST(ToldMutations, NeverMakeTheLimiterFaster) {
  const auto rows = limit_rows();
  int slower = 0;
  for (int i = 0; i < kMutations; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i) % rows.size()];
    auto headers = row.headers;
    Mutator(static_cast<std::uint64_t>(i)).mutate(headers);
    const auto told = read_told_limits(row.status, headers, row.date.value_or(kNowOfRows));
    const auto hold = quiet_of(row.status, told).wait;
    const auto with = departures(row.status, told, hold), without = departures(row.status, {}, hold);
    std::string text;
    for (const auto& [name, value] : headers) text += name + ": " + value.substr(0, 80) + " | ";
    for (std::size_t n = 0; n < with.size(); ++n) ASSERT_GE(with[n], without[n]) << n << " of " << text;
    if (with.back() > without.back()) ++slower;
    // Nor does any wait that is read last longer than a day.
    if (hold) {
      ASSERT_LE(*hold, std::chrono::hours(24)) << text;
    }
  }
  EXPECT_GT(slower, 20) << "some of them still say something";
}

TEST(ToldMutations, MakeNoLimitLooserThanTheRowThatTheyCameFromWhereTheyOnlyAddNonsense) {
  const std::string nonsense[] = {"-1", "9223372036854775808", "٣٤", "100 requests",
                                  std::string(10'000, '9')};
  int counted = 0;
  for (const auto& row : limit_rows()) {
    if (row.status != 200) continue;
    for (const auto& value : nonsense) {
      auto headers = row.headers;
      for (const auto& [name, known] : row.headers) headers.emplace_back(name, value);
      const auto plain = read_told_limits(200, row.headers, row.date.value_or(kNowOfRows));
      const auto told = read_told_limits(200, headers, row.date.value_or(kNowOfRows));
      counted += static_cast<int>(told.nonsense.size() - plain.nonsense.size());
      const auto* before = tightest(plain.limits);
      const auto* after = tightest(told.limits);
      if (before == nullptr || !before->remaining) continue;
      ASSERT_NE(after, nullptr);
      EXPECT_LE(after->remaining, before->remaining) << row.api << " " << value.substr(0, 30);
    }
  }
  EXPECT_GT(counted, 500);
}

}  // namespace
}  // namespace fanout
