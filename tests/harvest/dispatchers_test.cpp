#include "harvest/dispatchers.h"

#include <fmt/format.h>

#include "harvest/machines.h"

namespace fanout {
namespace {

class DispatchersTest : public Machines {};

TEST_F(DispatchersTest, GivePipelinesTheirTurnsByTheWeightsOfTheConfiguration) {
  auto& waiting = dispatchers.of("v").waiting();
  for (int i = 0; i < 20; ++i) {
    waiting.add(claimed_of(open(1, "p"), i));
    waiting.add(claimed_of(open(2, "q"), 100 + i));
  }
  int heavy = 0;
  for (int i = 0; i < 20; ++i) heavy += waiting.next()->pipeline == "p" ? 1 : 0;
  EXPECT_EQ(heavy, 15) << "p weighs three, q one";
}

TEST_F(DispatchersTest, GiveBackAtAReloadWhatWasClaimedBeforeIt) {
  dispatchers.of("v").waiting().add(claimed_of(open(1, "p")));
  EXPECT_EQ(dispatchers.configure(*config).size(), 1U);
  EXPECT_EQ(dispatchers.of("v").waiting().count(), 0U);
}

TEST_F(DispatchersTest, KnowWhatAVendorBoreThatAReloadBringsBack) {
  LimiterRow row;
  row.subject = "vendor/later";
  row.paused = true;
  dispatchers.restore({row});
  EXPECT_EQ(dispatchers.find("later"), nullptr);
  dispatchers.configure(
      *config_of("[vendor.later]\nbase_url = \"http://l.example\"\n[pipeline.p]\nvendor = \"later\"\n"
                 "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n"));
  ASSERT_NE(dispatchers.find("later"), nullptr);
  EXPECT_EQ(dispatchers.of("later").standstill().why, "vendor later is paused");
}

constexpr const char* kOneVendor = R"([vendor.{0}]
base_url = "http://{1}.example"
rate = "10/1m"
[pipeline.p]
vendor = "{0}"
[[pipeline.p.level]]
name = "a"
path = "/a"
)";
std::shared_ptr<const Config> one_vendor(const std::string& name, const std::string& host = "v") {
  return config_of(fmt::format(fmt::runtime(kOneVendor), name, host));
}

TEST_F(DispatchersTest, GoOnWithTheLimitsOfAVendorThatAReloadRenames) {
  dispatchers.configure(*one_vendor("v"));
  dispatchers.of("v").pause(true);
  const auto ticket = dispatchers.of("v").left();
  dispatchers.configure(*one_vendor("oracle"));
  EXPECT_EQ(dispatchers.find("v"), nullptr);
  EXPECT_EQ(dispatchers.of("oracle").standstill().why, "vendor oracle is paused");
  dispatchers.of("v").sent(ticket);  // by the name that it left under
  EXPECT_EQ(&dispatchers.of("v"), &dispatchers.of("oracle"));

  const auto rows = dispatchers.take_renamed();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].subject, "vendor/v");
  EXPECT_TRUE(rows[0].forgotten);
  EXPECT_EQ(rows[1].subject, "vendor/oracle");
  EXPECT_TRUE(rows[1].paused);
  EXPECT_TRUE(dispatchers.take_renamed().empty()) << "they are kept once";
}

TEST_F(DispatchersTest, GoOnWithTheLimitsOfAVendorThatWasRenamedWhileNobodyRan) {
  dispatchers.configure(*one_vendor("v"));
  dispatchers.of("v").left();
  const auto row = dispatchers.of("v").row(clock.mono());

  struct {
    const char* what;
    const char* name;
    const char* host;
    bool goes_on;
  } const cases[] = {{"as it was", "v", "v", true},
                     {"another name", "oracle", "v", true},
                     {"another name and origin", "oracle", "elsewhere", false}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.what);
    Dispatchers later{[](const VendorSpec&) { return std::make_unique<SilentVendor>(); }, clock, log};
    later.configure(*one_vendor(one.name, one.host));
    later.restore({row});
    const Plan plan = later.of(one.name).plan({clock.mono(), milliseconds(250), true, true});
    EXPECT_EQ(plan.claims == 0, one.goes_on) << "one has just been asked, and the next is paced";
    EXPECT_EQ(later.remembers("v"), !one.goes_on);
  }
}

TEST_F(DispatchersTest, LetAVendorGoThatIsPausedUnderANameThatIsGone) {
  LimiterRow row;
  row.subject = "vendor/gone";
  row.paused = true;
  row.why = "paused";
  dispatchers.restore({row});
  EXPECT_EQ(helm.pause("gone", true).substr(0, 7), "refused");
  EXPECT_EQ(helm.pause("gone", false), "resumed");
  ASSERT_EQ(pending().batch.limiters.size(), 1U);
  EXPECT_FALSE(pending().batch.limiters[0].paused);
  EXPECT_TRUE(pending().batch.limiters[0].decides_pause);
}

TEST_F(DispatchersTest, LetARunWhoseVendorAndPipelineAreOpen) {
  const auto& run = open(1, "p");
  EXPECT_TRUE(dispatchers.let(run, runs));
  dispatchers.of("v").pause(true);
  EXPECT_FALSE(dispatchers.let(run, runs));
  dispatchers.of("v").pause(false);
  dispatchers.close();
  EXPECT_FALSE(dispatchers.let(run, runs)) << "the process is about to end";
}

}  // namespace
}  // namespace fanout
