#include "harvest/dispatcher.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/error.h"
#include "harvest/no_transport.h"
#include "sim/sim_clock.h"

namespace fanout {
namespace {

VendorSpec vendor_with_token() {
  setenv("DISPATCHER_TEST_SECRET", "hunter2", 1);
  VendorSpec vendor;
  vendor.name = "v";
  vendor.auth = {"bearer", {}, {{"token", {SecretSource::Kind::env, "DISPATCHER_TEST_SECRET"}}}};
  return vendor;
}

VendorSpec vendor_of(int concurrency, std::vector<Rate> rates = {}) {
  VendorSpec vendor;
  vendor.name = "v";
  vendor.concurrency = concurrency;
  vendor.rates = std::move(rates);
  return vendor;
}

std::unique_ptr<Transport> no_transport(const VendorSpec&) { return std::make_unique<NoTransport>(); }

Claimed claimed_of(std::int64_t run, std::int64_t task = 1) {
  Claimed claimed;
  claimed.task.run = run;
  claimed.task.id = task;
  claimed.pipeline = "p";
  return claimed;
}

class DispatcherTest : public testing::Test {
 protected:
  static constexpr milliseconds kReserves{100};

  Dispatcher dispatcher_of(const VendorSpec& vendor) { return {vendor, no_transport, clock, log}; }
  Outlook outlook(bool claimable, bool quiet = true) { return {clock.mono(), kReserves, claimable, quiet}; }
  void commit(Dispatcher& dispatcher, bool claimable = false) {
    if (const auto until = dispatcher.plan(outlook(claimable)).save_until) dispatcher.reserve(*until);
    dispatcher.reserved();
  }
  void let_one_of_two_leave(Dispatcher& dispatcher) {
    dispatcher.waiting().add(claimed_of(1));
    dispatcher.waiting().add(claimed_of(1, 2));
    commit(dispatcher);
    ASSERT_TRUE(dispatcher.leaving());
    dispatcher.sent(dispatcher.left());
  }
  void refuse_for(Dispatcher& dispatcher, seconds hold) {
    const auto claimed = dispatcher.leaving();
    ASSERT_TRUE(claimed);
    Outcome outcome;
    outcome.verdict = Verdict::snooze;
    outcome.vendor = VendorSays::asked_too_much;
    outcome.hold = hold;
    dispatcher.ended(claimed->task, dispatcher.left(), outcome, 429);
  }

  sim::Timeline timeline;
  sim::SimClock clock{timeline, from_unix_ms(1'800'000'000'000)};
  Log log{[](Severity, std::string_view) {}};
};

TEST_F(DispatcherTest, AReloadThatCannotBeAppliedChangesNothing) {
  const auto vendor = vendor_with_token();
  auto dispatcher = dispatcher_of(vendor);
  const auto before = dispatcher.way().transport;
  auto changed = vendor;
  changed.base_url.host = "elsewhere";
  const auto fails = [](const VendorSpec&) -> std::unique_ptr<Transport> {
    throw Error("no such ca_file", "", Exit::bad_configuration);
  };
  EXPECT_THROW(dispatcher.reconfigure(changed, fails), Error);
  EXPECT_EQ(dispatcher.spec().base_url, vendor.base_url);
  EXPECT_EQ(dispatcher.way().transport, before);
}

TEST_F(DispatcherTest, WithNothingToDoWantsNothing) {
  const auto plan = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}})).plan(outlook(false));
  EXPECT_EQ(plan.claims, 0);
  EXPECT_FALSE(plan.commit);
  EXPECT_FALSE(plan.save_until);
  EXPECT_EQ(plan.look_again, MonoTime::max());
}

TEST_F(DispatcherTest, WantsSoManyClaimsAsMayLeaveSoon) {
  EXPECT_EQ(dispatcher_of(vendor_of(8)).plan(outlook(true)).claims, 8 * 4);
  EXPECT_LE(dispatcher_of(vendor_of(8, {{1, milliseconds(60'000)}})).plan(outlook(true)).claims, 1)
      << "more could not leave before they are put back";
}

TEST_F(DispatcherTest, LetsNothingLeaveBeforeTheMomentIsReserved) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}}));
  dispatcher.waiting().add(claimed_of(1));
  EXPECT_FALSE(dispatcher.leaving());
  EXPECT_TRUE(dispatcher.plan(outlook(false)).commit) << "for the reservation alone";
  commit(dispatcher);
  EXPECT_TRUE(dispatcher.leaving());
}

TEST_F(DispatcherTest, WithoutARateNeedsNoReservation) {
  auto dispatcher = dispatcher_of(vendor_of(4));
  dispatcher.waiting().add(claimed_of(1));
  EXPECT_FALSE(dispatcher.plan(outlook(false)).commit);
  EXPECT_TRUE(dispatcher.leaving());
}

TEST_F(DispatcherTest, AReservationEndsWithItsTime) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}}));
  dispatcher.waiting().add(claimed_of(1));
  commit(dispatcher);
  timeline.after(kReserves + milliseconds(1), [] {});
  timeline.step();
  EXPECT_FALSE(dispatcher.leaving());
}

TEST_F(DispatcherTest, AReloadOfTheLimitsEndsTheReservationThatWasMadeUnderTheOldOnes) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}}));
  dispatcher.waiting().add(claimed_of(1));
  commit(dispatcher);
  dispatcher.reconfigure(vendor_of(4, {{2, milliseconds(1000)}}), no_transport);
  EXPECT_FALSE(dispatcher.leaving());
}

TEST_F(DispatcherTest, AReloadDuringACommitDoesNotCountWhatTheCommitReserves) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}}));
  dispatcher.waiting().add(claimed_of(1));
  dispatcher.reserve(*dispatcher.plan(outlook(false)).save_until);
  dispatcher.reconfigure(vendor_of(4, {{2, milliseconds(1000)}}), no_transport);
  dispatcher.reserved();
  EXPECT_FALSE(dispatcher.leaving());
}

TEST_F(DispatcherTest, LooksAgainJustBeforeTheNextMomentSoThatItsCommitIsThrough) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{1, milliseconds(1000)}}));
  let_one_of_two_leave(dispatcher);
  const auto plan = dispatcher.plan(outlook(false, false));
  EXPECT_GT(plan.look_again, clock.mono());
  EXPECT_FALSE(dispatcher.leaving());
}

TEST_F(DispatcherTest, ALongHoldSendsWhatWaitsBackIntoTheQueue) {
  auto dispatcher = dispatcher_of(vendor_of(4));
  dispatcher.waiting().add(claimed_of(1));
  dispatcher.waiting().add(claimed_of(1, 2));
  refuse_for(dispatcher, seconds(30));
  const auto plan = dispatcher.plan(outlook(true));
  EXPECT_TRUE(plan.put_back);
  EXPECT_TRUE(plan.commit) << "the hold outlives the process";
  EXPECT_EQ(plan.claims, 0);
  EXPECT_EQ(dispatcher.standstill().opens_in, milliseconds(30'000));
}

TEST_F(DispatcherTest, AMomentsPacingSendsNothingBack) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{2, milliseconds(1000)}}));
  let_one_of_two_leave(dispatcher);
  const auto plan = dispatcher.plan(outlook(false, false));
  EXPECT_GT(plan.look_again, clock.mono() + milliseconds(100));
  EXPECT_FALSE(plan.put_back) << "its turn comes in half a second";
}

TEST_F(DispatcherTest, TellsTheStoreOfAHoldOnce) {
  auto dispatcher = dispatcher_of(vendor_of(4));
  dispatcher.waiting().add(claimed_of(1));
  refuse_for(dispatcher, seconds(30));
  EXPECT_TRUE(dispatcher.plan(outlook(false)).commit);
  commit(dispatcher);
  EXPECT_FALSE(dispatcher.plan(outlook(false)).commit);
}

TEST_F(DispatcherTest, TellsTheStoreWhenAHoldBecomesLonger) {
  auto dispatcher = dispatcher_of(vendor_of(4));
  Limiter::Ticket tickets[2];
  for (auto& ticket : tickets) {
    dispatcher.waiting().add(claimed_of(1));
    ASSERT_TRUE(dispatcher.leaving());
    ticket = dispatcher.left();
  }
  Outcome outcome;
  outcome.verdict = Verdict::snooze;
  outcome.vendor = VendorSays::asked_too_much;
  outcome.hold = seconds(10);
  dispatcher.ended(Task(), tickets[0], outcome, 429);
  commit(dispatcher);
  outcome.hold = seconds(60);
  dispatcher.ended(Task(), tickets[1], outcome, 429);
  EXPECT_TRUE(dispatcher.plan(outlook(false)).commit);
}

TEST_F(DispatcherTest, WhilePausedNeitherClaimsNorSends) {
  auto dispatcher = dispatcher_of(vendor_of(4));
  dispatcher.waiting().add(claimed_of(1));
  dispatcher.pause(true);
  EXPECT_FALSE(dispatcher.leaving());
  EXPECT_EQ(dispatcher.plan(outlook(true)).claims, 0);
  EXPECT_EQ(dispatcher.standstill().why, "vendor v is paused");
}

TEST_F(DispatcherTest, OnceClosedSavesItsLimitsAsTheyAreSoThatTheNextStartWaitsForNothing) {
  auto dispatcher = dispatcher_of(vendor_of(4, {{10, milliseconds(1000)}}));
  dispatcher.waiting().add(claimed_of(1));
  commit(dispatcher);
  dispatcher.close();
  EXPECT_FALSE(dispatcher.plan(outlook(false, false)).commit) << "while something is in flight";
  const auto plan = dispatcher.plan(outlook(false, true));
  EXPECT_TRUE(plan.commit);
  EXPECT_EQ(plan.save_until, clock.mono());
  commit(dispatcher);
  EXPECT_FALSE(dispatcher.plan(outlook(false, true)).commit) << "it is the last word";
}

TEST_F(DispatcherTest, WhatWaitsForASlotOfItsOwnLimitKeepsNobodyFromBeingClaimed) {
  auto vendor = vendor_of(16, {{20, seconds(1)}});
  FinerLimitSpec one_at_once;
  one_at_once.name = "report";
  one_at_once.levels = {"report"};
  one_at_once.concurrency = 1;
  vendor.limits = {one_at_once};
  auto dispatcher = dispatcher_of(vendor);
  for (int task = 1; task <= 4; ++task) {
    auto report = claimed_of(1, task);
    report.demand.parts.push_back({0, 1, {}});
    dispatcher.waiting().add(std::move(report));
  }
  commit(dispatcher);
  const auto leaves = dispatcher.leaving();
  ASSERT_TRUE(leaves);
  dispatcher.sent(dispatcher.left(leaves->demand));
  EXPECT_GT(dispatcher.plan(outlook(true)).claims, 0) << "those that wait leave much later";
}

TEST_F(DispatcherTest, KeepsALongStateAFewTimesASecondAndNotWithEveryCommit) {
  auto vendor = vendor_of(64);
  FinerLimitSpec limit;
  limit.name = "account";
  limit.per = Template::parse("{account.id}");
  limit.rates = {{100, milliseconds(60'000)}};
  vendor.limits = {limit};
  auto dispatcher = dispatcher_of(vendor);
  for (int i = 0; i < 20; ++i) dispatcher.left({1, false, {{0, 1, std::to_string(i)}}});
  dispatcher.waiting().add(claimed_of(1));
  commit(dispatcher, true);
  EXPECT_FALSE(dispatcher.plan(outlook(true)).save_until) << "it is reserved for long enough";
  timeline.after(kReserves * 3 / 4, [] {});
  timeline.step();
  EXPECT_TRUE(dispatcher.plan(outlook(true)).save_until) << "before it runs out";
}

}  // namespace
}  // namespace fanout
