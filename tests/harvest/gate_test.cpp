#include "harvest/gate.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/error.h"
#include "sim/sim_clock.h"

namespace fanout {
namespace {

class NoTransport : public Transport {
 public:
  boost::asio::awaitable<Reply> ask(Request) override { co_return Reply{}; }
};

VendorSpec vendor_with_token() {
  setenv("GATE_TEST_SECRET", "hunter2", 1);
  VendorSpec vendor;
  vendor.name = "v";
  vendor.auth = {"bearer", {}, {{"token", {SecretSource::Kind::env, "GATE_TEST_SECRET"}}}};
  return vendor;
}

std::unique_ptr<Transport> no_transport(const VendorSpec&) { return std::make_unique<NoTransport>(); }

class GateTest : public testing::Test {
 protected:
  sim::Timeline timeline;
  sim::SimClock clock{timeline, from_unix_ms(1'800'000'000'000)};
  Log log{[](Severity, std::string_view) {}};
};

TEST_F(GateTest, AReloadThatCannotBeAppliedChangesNothing) {
  const auto vendor = vendor_with_token();
  Gate gate(vendor, no_transport, clock, log);
  const auto before = gate.transport();
  auto changed = vendor;
  changed.base_url.host = "elsewhere";
  const auto fails = [](const VendorSpec&) -> std::unique_ptr<Transport> {
    throw Error("no such ca_file", "", Exit::bad_configuration);
  };
  EXPECT_THROW(gate.reconfigure(changed, fails), Error);
  EXPECT_EQ(gate.spec().base_url, vendor.base_url);
  EXPECT_EQ(gate.transport(), before);
}

TEST_F(GateTest, TakesTurnsBetweenPipelinesByWeight) {
  Gate gate(VendorSpec(), no_transport, clock, log);
  gate.turns().set("heavy", 3);
  gate.turns().set("light", 1);
  for (int i = 0; i < 40; ++i) {
    Claimed claimed;
    claimed.task.run = i % 2 == 0 ? 1 : 2;
    gate.add(std::move(claimed));
  }
  int heavy = 0;
  for (int i = 0; i < 20; ++i) {
    const auto next = gate.next([](std::int64_t run) { return run == 1 ? "heavy" : "light"; });
    heavy += next->task.run == 1 ? 1 : 0;
  }
  EXPECT_EQ(heavy, 15) << "three of four";
}

TEST_F(GateTest, GivesBackWhatItHoldsOfARun) {
  Gate gate(VendorSpec(), no_transport, clock, log);
  for (const std::int64_t run : {1, 2, 1}) {
    Claimed claimed;
    claimed.task.run = run;
    gate.add(std::move(claimed));
  }
  EXPECT_EQ(gate.take_run(1).size(), 2U);
  EXPECT_EQ(gate.buffered(), 1U);
  EXPECT_EQ(gate.take_all().size(), 1U);
  EXPECT_EQ(gate.buffered(), 0U);
}

}  // namespace
}  // namespace fanout
