// Runs of the real engine that read like a story.
#include "transcripts/story.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "transcripts/configurations.h"

namespace fanout {
namespace {

using testing::HasSubstr;

// ---- what an attempt has been through stays with it, however long it waits for the limiter

struct Slow {
  const char* what;
  const char* rate;
  friend std::ostream& operator<<(std::ostream& out, const Slow& slow) { return out << slow.what; }
};

class SlowStory : public testing::TestWithParam<Slow> {};

TEST_P(SlowStory, ARedirectIsFollowedToItsEnd) {
  Story story(vendor(std::string("rate = \"") + GetParam().rate + "\"\n") + pipeline("p"),
              [](const std::string& target) {
                if (target == "/p") return reply(302, "", {{"location", "/q"}});
                return reply(200);
              });
  ASSERT_TRUE(story.harvest(std::chrono::hours(3))) << testing::PrintToString(story.asked());
  ASSERT_EQ(story.asked().size(), 2U) << testing::PrintToString(story.asked());
  EXPECT_THAT(story.asked()[1], HasSubstr("/q 200"));
}

TEST_P(SlowStory, ARedirectInACircleEndsAfterThreeHops) {
  Story story(vendor(std::string("rate = \"") + GetParam().rate + "\"\n") + pipeline("p"),
              [](const std::string&) {
                return reply(302, "", {{"location", "/p"}});
              });
  ASSERT_TRUE(story.harvest(std::chrono::hours(5))) << testing::PrintToString(story.asked());
  EXPECT_EQ(story.asked().size(), 4U) << testing::PrintToString(story.asked());
  EXPECT_EQ(story.shell("SELECT state FROM task"), "dead");
}

INSTANTIATE_TEST_SUITE_P(Rates, SlowStory,
                         testing::Values(Slow{"EveryTwoSeconds", "1/2s"}, Slow{"EveryHalfMinute", "2/1m"},
                                         Slow{"AQuotaThatIsUsedUp", "1/1h"}),
                         [](const auto& row) { return row.param.what; });

TEST(Story, ARedirectThatMeetsAHoldGoesOnWhenItIsOver) {
  int asked_for_q = 0;
  Story story(vendor("rate = \"10/1s\"\n") + pipeline("p"), [&](const std::string& target) {
    if (target == "/p") return reply(302, "", {{"location", "/q"}});
    return ++asked_for_q == 1 ? reply(429, "", {{"retry-after", "600"}}) : reply(200);
  });
  ASSERT_TRUE(story.harvest(std::chrono::hours(1)));
  EXPECT_EQ(story.shell("SELECT state FROM task"), "done");
}

// ---- a hold

// At the first item the vendor asks for quiet for 30 seconds.
class HeldStory : public testing::Test {
 protected:
  std::string vendor_of(const std::string& more) {
    return vendor("rate = \"20/1s\"\nconcurrency = 1\n" + more);
  }
  Reply answer(const std::string& target) {
    if (target == "/p") return reply(200, list_of(4));
    if (++answered_ == 1) return reply(429, "", {{"retry-after", "30"}});
    return reply(200);
  }
  std::vector<double> times(const Story& story) {
    std::vector<double> seconds;
    for (const auto& line : story.asked()) seconds.push_back(std::stod(line));
    return seconds;
  }

  int answered_ = 0;
};

TEST_F(HeldStory, TheVendorHearsNothingForAsLongAsItAsked) {
  Story story(vendor_of("") + fan("p"), [this](const std::string& target) { return answer(target); });
  ASSERT_TRUE(story.harvest(std::chrono::minutes(5)));
  const auto at = times(story);
  ASSERT_EQ(at.size(), 6U) << testing::PrintToString(story.asked());
  EXPECT_GE(at[2] - at[1], 30.0) << testing::PrintToString(story.asked());
  EXPECT_LE(at[2] - at[1], 32.0) << testing::PrintToString(story.asked());
}

// None of these says anything about how long the vendor wants quiet.
TEST_F(HeldStory, NoReloadEndsIt) {
  for (const std::string change :
       {"timeout = \"7s\"\n", "connect_timeout = \"2s\"\n", "body_limit = \"1MiB\"\n",
        "headers = { X-A = \"1\" }\n", "retry = { attempts = 2 }\n"}) {
    answered_ = 0;
    Story story(vendor_of("") + fan("p"), [this](const std::string& target) { return answer(target); });
    story.begin();
    story.shell("INSERT INTO control (command, target) VALUES ('start', 'p');");
    story.pass(seconds(3));
    ASSERT_EQ(story.asked().size(), 2U) << change << testing::PrintToString(story.asked());
    story.reload(vendor_of(change) + fan("p"));
    story.pass(seconds(25));
    EXPECT_EQ(story.asked().size(), 2U) << change << testing::PrintToString(story.asked());
    story.pass(seconds(20));
    EXPECT_EQ(story.shell("SELECT state FROM run"), "finished") << change;
  }
}

// ---- shares

TEST(Story, PipelinesOfOneVendorHaveItsTurnsByTheirWeight) {
  Story story(vendor("rate = \"20/1s\"\nconcurrency = 4\n") + fan("heavy", "weight = 3\n") + fan("light"),
              [](const std::string& target) {
                return target == "/heavy" || target == "/light" ? reply(200, list_of(400)) : reply(200);
              });
  story.begin();
  story.shell("INSERT INTO control (command, target) VALUES ('start', 'heavy'), ('start', 'light');");
  story.pass(seconds(12));
  int heavy = 0, light = 0;
  for (const auto& line : story.asked()) {
    heavy += line.find("/heavy/") != std::string::npos ? 1 : 0;
    light += line.find("/light/") != std::string::npos ? 1 : 0;
  }
  ASSERT_GT(light, 20);
  EXPECT_NEAR(static_cast<double>(heavy) / light, 3.0, 0.3) << heavy << " to " << light;
}

// ---- whose failure it is

struct Poison {
  const char* what;
  std::function<Reply()> answer;
  const char* reason;
  friend std::ostream& operator<<(std::ostream& out, const Poison& poison) { return out << poison.what; }
};

Reply fault(Fault what) {
  Reply none;
  none.fault = what;
  return none;
}

const std::vector<Poison>& poisons() {
  static const std::vector<Poison> kPoisons = {
      {"Refused401", [] { return reply(401); }, "401: the vendor does not accept the credentials for this"},
      {"Forbidden403", [] { return reply(403); }, "403"},
      {"Failing500", [] { return reply(500); }, "500: the vendor failed"},
      {"BadGateway502", [] { return reply(502); }, "502: the vendor failed"},
      {"Unavailable503", [] { return reply(503); }, "503: the vendor failed"},
      {"GatewayTimeout504", [] { return reply(504); }, "504: the vendor failed"},
      {"TimingOut", [] { return fault(Fault::timeout); }, "no complete reply in time"},
      {"Resetting", [] { return fault(Fault::reset); }, "the connection ended before a reply began"},
      {"Truncated", [] { return fault(Fault::truncated); }, "in the middle of the reply"}};
  return kPoisons;
}

class PoisonedStory : public testing::TestWithParam<Poison> {
 protected:
  // How long the harvest of 600 items takes; 0 if it does not end.
  microseconds harvest(const std::function<bool(int)>& is_poisoned, std::string* dead = nullptr) {
    Story story(vendor("rate = \"20/1s\"\nconcurrency = 8\nretry = { attempts = 5, base = \"500ms\" }\n"
                       "auth = { kind = \"bearer\", token = { env = \"HOME\" } }\n") +
                    fan("p"),
                [&](const std::string& target) {
                  if (target == "/p") return reply(200, list_of(600));
                  return is_poisoned(std::stoi(target.substr(3))) ? GetParam().answer() : reply(200);
                });
    if (!story.harvest(std::chrono::hours(1))) return microseconds(0);
    if (dead != nullptr) {
      *dead = story.shell(
          "SELECT count(*) || ': ' || coalesce(min(reason), '') || ' ' || coalesce(max(reason), '') "
          "FROM dead_letter");
    }
    return story.now();
  }
};

TEST_P(PoisonedStory, OneInAHundredDiesAndTheRunIsDoneInTwiceItsTime) {
  const auto clean = harvest([](int) { return false; });
  ASSERT_GT(clean, microseconds(0));
  // Spread, all at the end, and all together in the middle.
  const std::vector<std::function<bool(int)>> places = {[](int i) { return i % 100 == 50; },
                                                        [](int i) { return i > 594; },
                                                        [](int i) { return i > 300 && i <= 306; }};
  for (std::size_t place = 0; place < places.size(); ++place) {
    std::string dead;
    const auto took = harvest(places[place], &dead);
    ASSERT_GT(took, microseconds(0)) << "it does not end, place " << place;
    EXPECT_LE(took, 2 * clean) << "place " << place;
    EXPECT_THAT(dead, testing::StartsWith("6: ")) << "place " << place;
    EXPECT_THAT(dead, HasSubstr(GetParam().reason)) << "place " << place;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PoisonedStory, testing::ValuesIn(poisons()),
                         [](const auto& row) { return row.param.what; });

// From the first second of the run on, for two days.
class OutageStory : public testing::TestWithParam<Poison> {};

TEST_P(OutageStory, OfTwoDaysMakesNoDeadLetterAndGetsProbesOnly) {
  const microseconds begin = seconds(2), end = std::chrono::hours(48);
  Story* running = nullptr;
  int asked = 0;
  Story story(
      vendor(
          "rate = \"20/1s\"\nconcurrency = 8\nauth = { kind = \"bearer\", token = { env = \"HOME\" } }\n") +
          fan("p"),
      [&](const std::string& target) {
        const auto now = running->now();
        if (now > begin && now < end) {
          ++asked;
          return GetParam().answer();
        }
        return target == "/p" ? reply(200, list_of(80)) : reply(200);
      });
  running = &story;
  ASSERT_TRUE(story.harvest(std::chrono::hours(49)));
  EXPECT_EQ(story.shell("SELECT done || ' ' || dead FROM tally WHERE level = 'b'"), "80 0");
  const int each =
      std::string(GetParam().what) == "Refused401" ? 2 : 1;  // with the credentials renewed, once more
  EXPECT_LE(asked, each * 48 * 120 + 60) << "a probe each half a minute, and what it took to notice";
  EXPECT_LE(story.now() - end, microseconds(seconds(45))) << "it is noticed when the vendor is back";
}

INSTANTIATE_TEST_SUITE_P(Kinds, OutageStory, testing::ValuesIn([] {
                           std::vector<Poison> all;
                           for (const auto& each : poisons()) {
                             if (std::string(each.what) != "Forbidden403") all.push_back(each);
                           }
                           all.push_back({"Unresolved", [] { return fault(Fault::unresolved); }, ""});
                           return all;
                         }()),
                         [](const auto& row) { return row.param.what; });

// ---- outputs

TEST(Story, WhatIsNoJsonIsKeptAsTextInALineOfValidJson) {
  Story story(vendor("") +
                  pipeline("p", "", "[[pipeline.p.level.rule]]\nwhen = \"status = 200\"\nthen = \"done\"\n") +
                  "[[pipeline.p.output]]\nlevel = \"a\"\nto = \"a.ndjson\"\n",
              [](const std::string&) { return reply(200, "<p>\n\"no\"</p>"); });
  ASSERT_TRUE(story.harvest(seconds(20)));
  const auto line = nlohmann::json::parse(story.output("a-1-00001.ndjson"), nullptr, false);
  ASSERT_FALSE(line.is_discarded()) << story.output("a-1-00001.ndjson");
  EXPECT_EQ(line["body"], "<p>\n\"no\"</p>");
}

TEST(Story, TwoItemsNamedAlikeAreTwoTasksAndOneIsDead) {
  Story story(vendor("concurrency = 1\n") + pipeline("p", "", "items = \"$\"\nkeep = [\"name\"]\n") +
                  "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/b/{a.name}\"\n"
                  "[[pipeline.p.output]]\nlevel = \"b\"\nto = \"raw/{a.name}.json\"\n",
              [number = 0](const std::string& target) mutable {
                if (target == "/p") return reply(200, R"([{"id":1,"name":"eu"},{"id":2,"name":"eu"}])");
                return reply(200, std::to_string(++number));
              });
  ASSERT_TRUE(story.harvest(seconds(20)));
  EXPECT_EQ(story.output("raw/eu.json"), "1");
  EXPECT_EQ(story.shell("SELECT done || ' ' || dead FROM tally WHERE level = 'b'"), "1 1");
}

}  // namespace
}  // namespace fanout
