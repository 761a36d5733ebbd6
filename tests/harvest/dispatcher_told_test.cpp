// What a vendor tells of its limits, on its way from a reply to the row and the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harvest/dispatcher.h"
#include "harvest/no_transport.h"
#include "sim/sim_clock.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DispatcherToldTest : public testing::Test {
 protected:
  DispatcherToldTest() {
    spec_.name = "v";
    dispatcher.emplace(
        spec_, [](const VendorSpec&) { return std::make_unique<NoTransport>(); }, clock, log);
  }

  Plan plan() { return dispatcher->plan({clock.mono(), milliseconds(100), true, false}); }
  // One request, answered well.
  void ask(const ToldLimits& told) {
    dispatcher->reserve(clock.mono() + milliseconds(100));
    dispatcher->reserved();
    Outcome outcome;
    outcome.vendor = VendorSays::well;
    dispatcher->ended({}, dispatcher->left(), outcome, 200, told);
  }
  static ToldLimits told_of(ToldLimit limit) {
    ToldLimits told;
    limit.name = "x-ratelimit";
    told.limits.push_back(std::move(limit));
    return told;
  }
  static ToldLimits nothing_left() {
    ToldLimit limit;
    limit.remaining = 0;
    limit.reset_in = seconds(600);
    return told_of(limit);
  }

  VendorSpec spec_;
  sim::Timeline timeline;
  sim::SimClock clock{timeline, from_unix_ms(1'800'000'000'000)};
  std::vector<std::string> lines;
  Log log{[this](Severity, std::string_view line) { lines.emplace_back(line); }};
  std::optional<Dispatcher> dispatcher;
};

TEST_F(DispatcherToldTest, AZeroIsCommittedAtOnceAndStandsInTheRow) {
  ask(nothing_left());
  EXPECT_TRUE(plan().commit);
  const auto row = dispatcher->reserve(clock.mono());
  dispatcher->reserved();
  EXPECT_THAT(row.why, HasSubstr("nothing remains of its limit x-ratelimit"));
  EXPECT_EQ(row.next, clock.wall() + seconds(600));
  EXPECT_FALSE(plan().commit) << "it is kept";
  EXPECT_EQ(plan().claims, 0);

  Dispatcher after(
      spec_, [](const VendorSpec&) { return std::make_unique<NoTransport>(); }, clock, log);
  after.restore(row);
  EXPECT_EQ(after.standstill().opens_in, seconds(600));
}

TEST_F(DispatcherToldTest, TheNextRequestOfALevelTakesWhatAReplySaidThatOneCosts) {
  PipelineSpec pipeline;
  pipeline.levels.emplace_back().name = "a";
  Task task;
  task.level = "a";
  EXPECT_EQ(dispatcher->demand(task, {}, pipeline).cost, 1);
  ToldLimits told;
  told.cost = 20;
  Outcome outcome;
  outcome.vendor = VendorSays::well;
  dispatcher->ended(task, dispatcher->left(), outcome, 200, told);
  EXPECT_EQ(dispatcher->demand(task, {}, pipeline).cost, 20);
}

TEST_F(DispatcherToldTest, AToldWindowIsReservedLikeARate) {
  EXPECT_FALSE(dispatcher->keeps_windows());
  ToldLimit limit;
  limit.limit = 10;
  limit.window = seconds(10);
  ask(told_of(limit));
  EXPECT_TRUE(dispatcher->keeps_windows());
  timeline.after(seconds(5), [] {});
  timeline.step();
  Claimed claimed;
  claimed.task.id = 1;
  dispatcher->waiting().add(claimed);
  EXPECT_FALSE(dispatcher->leaving()) << "not before the row says so";
  EXPECT_TRUE(plan().commit);
  dispatcher->reserve(plan().save_until.value());
  dispatcher->reserved();
  EXPECT_TRUE(dispatcher->leaving());
}

TEST_F(DispatcherToldTest, NonsenseIsSaidOnceForEachKind) {
  ToldLimits told;
  told.nonsense = {{Nonsense::Of::reset, "x-ratelimit-reset: -7"}};
  for (int i = 0; i < 50; ++i) ask(told);
  told.nonsense = {{Nonsense::Of::reset, "x-ratelimit-reset: -9"},
                   {Nonsense::Of::limit, "x-ratelimit-limit: many"}};
  for (int i = 0; i < 50; ++i) ask(told);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("vendor v: x-ratelimit-reset: -7 is no reset"),
                                 HasSubstr("vendor v: x-ratelimit-limit: many is no limit")));
}

}  // namespace
}  // namespace fanout
