// Vendors of which some requests are limited more than others: [[vendor.v.limit]].
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::StartsWith;

std::string level(const std::string& name, const std::string& parent, const std::string& path,
                  const std::string& more = "") {
  return fmt::format("[[pipeline.p.level]]\nname = \"{}\"\nparent = \"{}\"\npath = \"{}\"\n{}", name, parent,
                     path, more);
}
std::string limit(const std::string& more) { return "[[vendor.v.limit]]\n" + more; }

// When each request whose target begins so was answered, in seconds.
std::vector<double> times_of(const Story& story, const std::string& prefix) {
  std::vector<double> times;
  for (const auto& line : story.asked()) {
    const auto blank = line.find(' ');
    if (line.substr(blank + 1).starts_with(prefix)) times.push_back(std::stod(line.substr(0, blank)));
  }
  return times;
}

int most_in_a_second(const std::vector<double>& times) {
  int most = 0;
  for (auto first = times.begin(); first != times.end(); ++first)
    most = std::max(most, static_cast<int>(std::count_if(first, times.end(),
                                                         [&](double at) { return at < *first + 0.9999; })));
  return most;
}

TEST(FinerLimitsStory, ALevelIsAskedAtItsOwnRateAndHoldsUpNoOther) {
  Story story(vendor("rate = \"100/1s\"\n") + limit("match = { level = \"slow\" }\nrate = \"2/1s\"\n") +
                  pipeline("p", "", "items = \"$\"\n") + level("slow", "a", "/slow/{a}") +
                  level("fast", "a", "/fast/{a}"),
              lists(200));
  ASSERT_TRUE(story.harvest(minutes(3)));
  const auto slow = times_of(story, "/slow"), fast = times_of(story, "/fast");
  EXPECT_EQ(slow.size(), 200U);
  EXPECT_EQ(fast.size(), 200U);
  EXPECT_LE(most_in_a_second(slow), 2);
  EXPECT_LT(slow.back(), 105) << "200 at two a second";
  EXPECT_LT(fast.back(), 5) << "200 at a hundred a second, beside others";
}

TEST(FinerLimitsStory, EachValueOfAFieldHasAWindowOfItsOwn) {
  Story story(
      vendor("rate = \"100/1s\"\n") + limit("per = \"{a}\"\nrate = \"1/1s\"\n") +
          pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}", "items = \"$\"\n") +
          level("c", "b", "/c/{a}/{b}"),
      [](const std::string& target) {
        return reply(200, target == "/p" ? "[1,2,3]" : target.starts_with("/b/") ? list_of(20) : "{}");
      });
  ASSERT_TRUE(story.harvest(minutes(1)));
  for (const auto* account : {"1", "2", "3"}) {
    const auto times = times_of(story, fmt::format("/c/{}/", account));
    EXPECT_EQ(times.size(), 20U);
    EXPECT_EQ(most_in_a_second(times), 1) << "account " << account;
  }
  EXPECT_LT(story.now(), seconds(24)) << "21 of each, one a second, side by side";
}

TEST(FinerLimitsStory, WhatAFloodOfOneValueLeavesIsForTheOthers) {
  Story story(vendor("rate = \"100/1s\"\n") + limit("per = \"{a}\"\nrate = \"1/1s\"\n") +
                  pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}", "items = \"$\"\n") +
                  level("c", "b", "/c/{a}/{b}"),
              [](const std::string& target) {
                return reply(200, target == "/p"     ? "[1,2]"
                                  : target == "/b/1" ? list_of(2000)
                                  : target == "/b/2" ? list_of(10)
                                                     : "{}");
              });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(seconds(30));
  EXPECT_EQ(times_of(story, "/c/2/").size(), 10U);
  EXPECT_THAT(story.shell("SELECT why FROM stuck WHERE what = 'task of p'"),
              StartsWith("waits for limit per {a} (1/1s for each value), here of 1"));
  EXPECT_LT(story.commits(), 600) << "each was put off once";
}

TEST(FinerLimitsStory, ARequestCountsForWhatItCosts) {
  Story story(vendor("rate = \"10/1s\"\n") + pipeline("p", "", "items = \"$\"\n") +
                  level("b", "a", "/b/{a}", "cost = 5\n"),
              lists(40));
  ASSERT_TRUE(story.harvest(minutes(1)));
  EXPECT_LE(most_in_a_second(times_of(story, "/b")), 2);
  EXPECT_LT(story.now(), seconds(23)) << "40 at two a second";
}

TEST(FinerLimitsStory, SoManyOfAPathAreInFlightAtOnce) {
  Story story(vendor("rate = \"1000/1s\"\nconcurrency = 64\n") +
                  limit("match = { path = \"/b/\" }\nconcurrency = 2\n") +
                  pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}"),
              lists(300));
  ASSERT_TRUE(story.harvest(minutes(1)));
  EXPECT_GE(story.now(), 150 * Story::kReplyTime) << "300 of them, two at once";
  EXPECT_LT(story.now(), seconds(12));
}

// The stories begin at midnight.
TEST(FinerLimitsStory, InItsHoursALimitBindsAndAfterThemNot) {
  Story story(vendor("rate = \"10/1s\"\n") + limit("quiet = \"22:00-00:01\"\nrate = \"1/1s\"\n") +
                  pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}"),
              lists(200));
  ASSERT_TRUE(story.harvest(minutes(3)));
  const auto times = times_of(story, "/b");
  const auto before = std::ranges::count_if(times, [](double at) { return at <= 60; });
  EXPECT_GE(before, 57);
  EXPECT_LE(before, 61);
  EXPECT_LT(times.back(), 76) << "140 more at ten a second";
}

TEST(FinerLimitsStory, WhereNothingMayGoInItsHoursThatIsSaid) {
  Story story(vendor("rate = \"10/1s\"\n") + limit("quiet = \"22:00-00:30\"\nconcurrency = 0\n") + fan("p"),
              lists(5));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(29));
  EXPECT_TRUE(story.asked().empty());
  EXPECT_THAT(story.shell("SELECT why FROM stuck"), HasSubstr("lets nothing go at this hour"));
  EXPECT_THAT(story.shell("SELECT until FROM stuck"), HasSubstr("00:30:0"));
  story.pass(minutes(2));
  EXPECT_EQ(story.asked().size(), 6U);
}

TEST(FinerLimitsStory, AClockThatIsSetMovesTheHours) {
  Story story(vendor("rate = \"10/1s\"\n") + limit("quiet = \"00:00-12:00\"\nconcurrency = 0\n") + fan("p"),
              lists(5));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(2));
  EXPECT_TRUE(story.asked().empty());
  story.set_clock_by(hours(13));
  story.pass(minutes(2));
  EXPECT_EQ(story.asked().size(), 6U);
}

TEST(FinerLimitsStory, AShareOfWhatIsToldIsLeftToOthers) {
  int used = 0;
  Story story(vendor("concurrency = 8\nshare = \"60%\"\n") + fan("p"), [&](const std::string& target) {
    ++used;
    return reply(200, target == "/p" ? list_of(200) : "{}",
                 {{"ratelimit-limit", "100"},
                  {"ratelimit-remaining", std::to_string(std::max(100 - used, 0))},
                  {"ratelimit-reset", "600"}});
  });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(5));
  EXPECT_EQ(used, 60) << "40 of the 100 are for others";
}

TEST(FinerLimitsStory, RetriesAreAShareOfTheRequestsWhereverTheyComeFrom) {
  std::map<std::string, int> tries;
  int first = 0, again = 0, most_again_in_a_row = 0, in_a_row = 0;
  Story story(vendor("rate = \"100/1s\"\nretry = { base = \"10ms\", cap = \"20ms\" }\n") + fan("p"),
              [&](const std::string& target) {
                if (target == "/p") return reply(200, list_of(1000));
                const bool is_first = ++tries[target] == 1;
                ++(is_first ? first : again);
                in_a_row = is_first ? 0 : in_a_row + 1;
                if (first < 1000) most_again_in_a_row = std::max(most_again_in_a_row, in_a_row);
                // Every eighth fails three times.
                return reply(tries[target] <= 3 && std::stoi(target.substr(3)) % 8 == 0 ? 500 : 200);
              });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  while (first < 1000) story.pass(seconds(1));
  EXPECT_LE(again, 230) << "a fifth of a thousand, and some at first and each second";
  EXPECT_GE(again, 150);
  EXPECT_LE(most_again_in_a_row, 15);
  story.pass(minutes(2));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
  EXPECT_EQ(story.shell("SELECT sum(done) FROM tally"), "1001");
}

// 5,000 at one a second would be put off for more than an hour.
const std::string kSlowLevel = pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}");

TEST(FinerLimitsStory, WhatWasPutOffComesBackWhenTheHoursOfItsLimitEnd) {
  Story story(vendor("rate = \"100/1s\"\n") +
                  limit("match = { level = \"b\" }\nquiet = \"22:00-00:05\"\nrate = \"1/1s\"\n") + kSlowLevel,
              lists(5000));
  ASSERT_TRUE(story.harvest(minutes(20)));
  EXPECT_LT(story.now(), minutes(5) + seconds(55)) << "4,700 at a hundred a second";
}

// The stories begin at midnight.
TEST(FinerLimitsStory, AQuotaOfTheDayBeginsAnewAtItsReset) {
  Story story(vendor("rate = \"100/1s\"\n") +
                  limit("match = { level = \"b\" }\nquota = \"2000/day\"\nresets = \"00:30\"\n") + kSlowLevel,
              lists(4500));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(20));
  EXPECT_EQ(times_of(story, "/b").size(), 2000U);
  const auto commits = story.commits();
  story.pass(minutes(5));
  EXPECT_LT(story.commits() - commits, 50) << "what waits for the reset is left alone";
  EXPECT_THAT(story.shell("SELECT why FROM stuck WHERE what = 'task of p'"),
              HasSubstr("waits for limit b (2000/day, anew at 00:30 in UTC)"));
  story.pass(minutes(25));
  const auto times = times_of(story, "/b");
  EXPECT_LE(times.size(), 4000U);
  EXPECT_GE(times.size(), 3990U) << "those around the reset count twice";
  EXPECT_GE(times.at(2000), 30 * 60 + 5) << "and the clocks may differ by some seconds";
  EXPECT_LT(times.at(2000), 30 * 60 + 15);
  story.pass(hours(24));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished");
}

TEST(FinerLimitsStory, WhatWasPutOffComesBackWhenAReloadChangesItsLimit) {
  const auto with = [](const std::string& rate) {
    return vendor("rate = \"100/1s\"\n") + limit("match = { level = \"b\" }\nrate = \"" + rate + "\"\n") +
           kSlowLevel;
  };
  Story story(with("1/1s"), lists(12'000));
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(4));
  ASSERT_GT(story.shell("SELECT waiting FROM queue WHERE level = 'b'"), "1");
  story.reload(with("50/1s"));
  story.pass(minutes(4) + seconds(30));
  EXPECT_EQ(story.shell("SELECT state FROM run"), "finished") << story.shell("SELECT * FROM progress");
  EXPECT_LE(most_in_a_second(times_of(story, "/b")), 50);
}

TEST(FinerLimitsStory, APipelineThatFloodsALimitLeavesAnotherItsTurns) {
  Story story(vendor("rate = \"100/1s\"\n") + limit("match = { path = \"/x/\" }\nrate = \"2/1s\"\n") +
                  pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/x/p/{a}") +
                  pipeline("q", "", "items = \"$\"\n") +
                  "[[pipeline.q.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/x/q/{a}\"\n",
              [](const std::string& target) {
                return reply(200, target == "/q" ? list_of(20'000) : target == "/p" ? list_of(50) : "{}");
              });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'q')");
  story.pass(minutes(5));
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(seconds(100));
  EXPECT_EQ(story.shell("SELECT count(*) FROM run WHERE pipeline = 'p' AND finished_at IS NOT NULL"), "1")
      << "50 at half of two a second, some of which come back twice, and not behind 20,000: "
      << times_of(story, "/x/p").size();
  const auto before = times_of(story, "/x/q").size();
  story.pass(minutes(1));
  EXPECT_NEAR(static_cast<double>(times_of(story, "/x/q").size() - before), 120, 8) << "all is used again";
}

TEST(FinerLimitsStory, AFloodThatIsCancelledLeavesNobodyWaiting) {
  Story story(
      vendor("rate = \"100/1s\"\n") + limit("match = { level = \"b\" }\nrate = \"2/1s\"\n") + kSlowLevel,
      [first = true](const std::string& target) mutable {
        if (target != "/p") return reply(200, "{}");
        return reply(200, list_of(std::exchange(first, false) ? 5000 : 20));
      });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(minutes(2));
  story.shell("INSERT INTO control (command, target) VALUES ('cancel', 'p')");
  story.pass(seconds(10));
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  story.pass(seconds(15));
  EXPECT_EQ(story.shell("SELECT group_concat(state) FROM run"), "cancelled,finished");
}

// What waits here for its own value takes no place from those of other values.
TEST(FinerLimitsStory, ManyValuesTogetherUseWhatTheVendorAllows) {
  Story story(
      vendor("rate = \"50/1s\"\nconcurrency = 4\n") + limit("per = \"{a}\"\nrate = \"2/1s\"\n") +
          pipeline("p", "", "items = \"$\"\n") + level("b", "a", "/b/{a}", "items = \"$\"\n") +
          level("c", "b", "/c/{a}/{b}"),
      [](const std::string& target) {
        return reply(200, target == "/p" ? list_of(50) : target.starts_with("/b/") ? list_of(20) : "{}");
      });
  ASSERT_TRUE(story.harvest(minutes(3)));
  EXPECT_LT(story.now(), seconds(40)) << "1,051 at fifty a second are 21 s";
}

}  // namespace
}  // namespace fanout
