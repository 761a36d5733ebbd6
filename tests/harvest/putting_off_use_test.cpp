// Whatever limit of its own tasks have: what it allows is used, though they are put off and come back.
#include <gtest/gtest.h>

#include <map>
#include <ostream>

#include "harvest/putting_off.h"
#include "support/at.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Use {
  std::string about;
  std::vector<Rate> rates;
  std::optional<std::int64_t> a_day{};
  int cost = 1;
  int burst = 1;
};
void PrintTo(const Use& use, std::ostream* out) { *out << use.about; }

// Tasks that come a few at a time, wait, are put off, and come back when they are due.
class Crowd {
 public:
  explicit Crowd(const Use& use) : use_(use), limiter_(limits(), at(0)) {}

  // How much leaves in that time, and how often a task was put off.
  std::pair<std::int64_t, std::int64_t> pass(milliseconds time, int tasks, int at_once) {
    const auto end = at(0) + time;
    std::int64_t left = 0, put_offs = 0;
    Ending well;
    well.evidence = Evidence::alive;
    while (now_ < end) {
      for (int i = 0; i < at_once && tasks > 0; ++i, --tasks) arrive(next_id_++);
      while (!due_.empty() && due_.begin()->first <= now_) {
        arrive(due_.begin()->second);
        due_.erase(due_.begin());
      }
      const auto off = put_off(waiting_, bookings_, limiter_, now_);
      for (const auto& one : off) due_.emplace(one.due, one.claimed.task.id);
      put_offs += std::ssize(off);
      for (const auto& call : vacant(
               waiting_, bookings_, limiter_, [](std::int64_t) { return true; }, now_)) {
        auto count = call.count;
        for (; count > 0 && !due_.empty(); --count) {
          arrive(due_.begin()->second);
          due_.erase(due_.begin());
        }
        if (count > 0) bookings_.none_waits(call);
      }
      while (auto claimed = waiting_.next(
                 {}, [&](const Demand& demand) { return limiter_.next(demand, now_) <= now_; })) {
        const auto ticket = limiter_.take(now_, claimed->demand);
        limiter_.sent(ticket, now_);
        limiter_.ended(ticket, well, now_ + milliseconds(20));
        left += use_.cost;
      }
      advance(tasks > 0);
    }
    return {left, put_offs};
  }

 private:
  Limits limits() const {
    FinerLimits finer;
    finer.name = "x";
    finer.rates = use_.rates;
    finer.burst = use_.burst;
    finer.largest_cost = use_.cost;
    if (use_.a_day) finer.period = period();
    Limits limits;
    limits.concurrency = 1000;
    limits.finer = {finer};
    return limits;
  }
  Period period() const {
    const auto day = now_ - (now_.time_since_epoch() % hours(24));
    return {*use_.a_day, day, day + hours(24), "day"};
  }
  void arrive(std::int64_t id) {
    Claimed claimed;
    claimed.task.id = id;
    claimed.task.run = 1;
    claimed.pipeline = "p";
    claimed.demand.parts.push_back({0, use_.cost, {}});
    waiting_.add(std::move(claimed));
  }
  // To whatever happens next.
  void advance(bool more_arrive) {
    auto next = due_.empty() ? MonoTime::max() : due_.begin()->first;
    waiting_.look_at([&](const Demand& demand, int) { next = std::min(next, limiter_.next(demand, now_)); });
    next = std::min(next, bookings_.next_look());
    if (more_arrive) next = std::min<MonoTime>(next, now_ + milliseconds(100));
    const auto before = now_.time_since_epoch() / hours(24);
    now_ = std::max<MonoTime>(next, now_ + milliseconds(1));
    if (use_.a_day && now_.time_since_epoch() / hours(24) != before) limiter_.reconfigure(limits(), now_);
  }

  Use use_;
  MonoTime now_ = at(1);
  Limiter limiter_;
  WaitingTasks waiting_;
  Bookings bookings_;
  std::multimap<MonoTime, std::int64_t> due_;
  std::int64_t next_id_ = 1;
};

class PuttingOffUses : public testing::TestWithParam<std::tuple<Use, int>> {
 protected:
  static double a_second(const Use& use) {
    double least = use.a_day ? static_cast<double>(*use.a_day) / 86'400 : 1e9;
    for (const auto& rate : use.rates)
      least = std::min(least,
                       static_cast<double>(rate.limit) / std::chrono::duration<double>(rate.window).count());
    return least;
  }
};

TEST_P(PuttingOffUses, AllThatTheLimitAllows) {
  const auto& [use, at_once] = GetParam();
  milliseconds longest = use.a_day ? milliseconds(hours(24)) : milliseconds(0);
  for (const auto& rate : use.rates) longest = std::max(longest, rate.window);
  const auto time = std::max<milliseconds>(4 * longest, minutes(2));
  // Dear ones may not fill a window.
  double allowed = a_second(use) * std::chrono::duration<double>(time).count();
  for (const auto& rate : use.rates)
    allowed *= static_cast<double>(rate.limit / use.cost * use.cost) / static_cast<double>(rate.limit);
  const int tasks = static_cast<int>(1.5 * allowed / use.cost) + 10;
  const auto [left, put_offs] = Crowd(use).pass(time, tasks, at_once);
  // What was allowed in the last window may still have to come.
  EXPECT_GE(static_cast<double>(left), 0.99 * allowed - use.cost);
  EXPECT_LE(put_offs, 4 * tasks) << "and hardly a task comes back in vain";
}

INSTANTIATE_TEST_SUITE_P(Of, PuttingOffUses,
                         testing::Combine(testing::Values(Use{"FewAnHour", {{3, hours(1)}}},
                                                          Use{"OneInTenSeconds", {{1, seconds(10)}}},
                                                          Use{"FiveInTenSeconds", {{5, seconds(10)}}},
                                                          Use{"FiveASecond", {{5, seconds(1)}}},
                                                          Use{"AHundredAnHour", {{100, hours(1)}}},
                                                          Use{"AThousandADay", {{1000, hours(24)}}},
                                                          Use{"Both", {{2, seconds(1)}, {60, minutes(1)}}},
                                                          Use{"ABurst", {{20, seconds(10)}}, {}, 1, 20},
                                                          Use{"DearOnes", {{20, seconds(10)}}, {}, 7},
                                                          Use{"AQuota", {}, 5}, Use{"ALargerQuota", {}, 700},
                                                          Use{"AQuotaBesideARate", {{1, minutes(1)}}, 700}),
                                          testing::Values(1, 7, 1000)),
                         [](const auto& each) {
                           return std::get<0>(each.param).about + "WhereTheyCome" +
                                  std::to_string(std::get<1>(each.param)) + "AtOnce";
                         });

}  // namespace
}  // namespace fanout
