#include "daemon/fanoutctl/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "forecast/sample_text.h"
#include "harvest/foresight.h"
#include "support/configured.h"

namespace fanout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kConfig = R"(
[vendor.v]
base_url = "http://v.example"
concurrency = 16
rate = ["10/1s", "65000/1d"]
[pipeline.p]
vendor = "v"
schedule = "0 2 * * *"
[[pipeline.p.level]]
name = "troop"
path = "/troops"
items = "$"
[[pipeline.p.level]]
name = "warrior"
parent = "troop"
path = "/{troop}/warriors"
[pipeline.by_hand]
vendor = "v"
[[pipeline.by_hand.level]]
name = "troop"
path = "/troops"
)";

class PlanForTest : public testing::Test {
 protected:
  PlanFor asked(std::vector<PastRun> past, const std::string& pipeline = "p") const {
    return {config->pipelines.at(pipeline), vendor, std::move(past), 0, false,
            from_unix_ms(1'800'000'000'000)};
  }
  static PastRun past(std::int64_t warriors, milliseconds took = minutes(20)) {
    return {{{"troop", 1}, {"warrior", warriors}}, took, 12'582'912, 3, 0};
  }

  std::shared_ptr<const Config> config = config_of(kConfig);
  VendorSpec vendor = config->vendors.at("v");
};

TEST_F(PlanForTest, WithoutACompleteRunItSaysSoAndWhatToDo) {
  const auto question = asked({});
  const auto next = next_run(question);
  EXPECT_FALSE(next);
  EXPECT_EQ(text_of(next, question),
            "p: nothing is known of its size, since no run of it was complete\n"
            "  let a few requests tell: fanoutctl plan p --sample 50\n"
            "  or run it once: fanoutctl start p; while it runs, fanoutctl status says what it comes to\n");
  EXPECT_EQ(json_of(next, question).dump(), R"({"pipeline":"p","vendor":"v","complete_runs":0})");
}

TEST_F(PlanForTest, SaysWhatTheNextRunComesTo) {
  const auto question = asked({past(6000)});
  const auto text = text_of(next_run(question), question);
  EXPECT_THAT(text, HasSubstr("p: the next run, as the last complete one was\n"));
  EXPECT_THAT(text, HasSubstr("troop        1\n"));
  EXPECT_THAT(text, HasSubstr("warrior  6,000\n"));
  EXPECT_THAT(text, HasSubstr("in all   6,001\n"));
  EXPECT_THAT(text, HasSubstr("time: at least 10 min at 10/1s, 65000/1d; the last run took 20m\n"));
  EXPECT_THAT(text, HasSubstr("quota: its runs of a day (1) need 9.2 % of what 65000/1d allows in a day\n"));
  EXPECT_THAT(
      text, HasSubstr("schedule: starts 2027-01-16T02:00Z, and is done before the next start, 24 h later\n"));
  EXPECT_THAT(text, HasSubstr("disk: 12 MiB in 3 parts\n"));
}

TEST_F(PlanForTest, AnswersForOtherLimits) {
  assume({"rate=1/30s"}, vendor);
  auto question = asked({past(6000)});
  question.other_limits = true;
  const auto next = next_run(question);
  ASSERT_TRUE(next);
  EXPECT_NEAR(std::chrono::duration<double>(*next->at_the_limit).count(), 6000 * 30, 600);
  EXPECT_FALSE(next->took) << "how fast it was under other limits says nothing";
  const auto text = text_of(next, question);
  EXPECT_THAT(text, HasSubstr("will not finish before its next start"));
  EXPECT_THAT(text, HasSubstr("208 % of what 1/30s allows in a day: will not drain"));
  EXPECT_FALSE(json_of(next, question)["fits"]);
  EXPECT_FALSE(json_of(next, question)["will_drain"]);
}

TEST_F(PlanForTest, RunsThatDifferGiveABand) {
  const auto alike = next_run(asked({past(6000), past(6000)})),
             apart = next_run(asked({past(6000), past(3000)}));
  ASSERT_TRUE(alike && apart);
  EXPECT_GT(apart->calls.high - apart->calls.low, 2 * (alike->calls.high - alike->calls.low));
}

TEST_F(PlanForTest, OthersOfTheVendorUseTheQuotaToo) {
  auto question = asked({past(6000)});
  question.others_a_day = 60'000;
  const auto text = text_of(next_run(question), question);
  EXPECT_THAT(text, HasSubstr("with the vendor's other pipelines 102 %: will not drain"));
}

TEST_F(PlanForTest, AQuotaOfTheCalendarIsReckonedTooAndACostThatIsToldIsNot) {
  config =
      config_of(std::string(kConfig) +
                "[[vendor.v.limit]]\nquota = \"5000/day\"\n[vendor.v.told]\ncost = \"header('X-Cost')\"\n");
  vendor = config->vendors.at("v");
  const auto question = asked({past(6000)});
  const auto text = text_of(next_run(question), question);
  EXPECT_THAT(text, HasSubstr("need 120 % of what 5000/1d allows in a day: will not drain\n"));
  EXPECT_THAT(text, HasSubstr("; what replies tell of their cost is not in it"));
}

TEST_F(PlanForTest, OneWithoutAScheduleBeginsWhenItIsTold) {
  const auto question = asked({{{{"troop", 1}}, seconds(1), 0, 0, 7}}, "by_hand");
  const auto text = text_of(next_run(question), question);
  EXPECT_THAT(text, HasSubstr("schedule: none"));
  EXPECT_THAT(text, HasSubstr("quota: one run needs less than 0.1 %"));
  EXPECT_THAT(text, HasSubstr("disk: 7 files of one answer, of unknown size\n"));
}

TEST_F(PlanForTest, ARunOfOtherLevelsSaysNothing) {
  const auto question = asked({{{{"gone", 100}}, seconds(1), 0, 0, 0}});
  EXPECT_THAT(text_of(next_run(question), question),
              HasSubstr("no run of it was complete with these levels"));
}

class PlanBySampleTest : public PlanForTest {
 protected:
  // The root lists 6,000 warriors, and so many of them were asked.
  PlanFor asked_by(int warriors, std::vector<PastRun> past = {}) const {
    auto question = asked(std::move(past));
    const auto tree = tree_of(&question.pipeline);
    Sample sample(tree.size());
    sample.add({0, false, 0, {{1, 6000}}, 90'000});
    for (int i = 0; i < warriors; ++i) sample.add({1, false, 0, {}, 2048});
    question.sample =
        PastSample{1 + warriors, from_unix_ms(1'799'999'000'000), fanout::text_of(sample, tree)};
    return question;
  }
};

TEST_F(PlanBySampleTest, ASampleSaysWhatAFirstRunComesTo) {
  const auto question = asked_by(20);
  const auto text = text_of(next_run(question), question);
  EXPECT_THAT(text, HasSubstr("p: the next run, as a sample of 21 requests at 2027-01-15T07:43Z was\n"));
  EXPECT_THAT(text, HasSubstr("warrior  6,000\n"));
  EXPECT_THAT(text, HasSubstr("in all   6,001\n"));
  EXPECT_THAT(text, HasSubstr("time: at least 10 min at 10/1s, 65000/1d\n"));
  EXPECT_THAT(text, HasSubstr("need 9.2 % of what 65000/1d allows in a day\n"));
  EXPECT_THAT(text, HasSubstr("disk: nothing is written\n"));
}

TEST_F(PlanBySampleTest, ItsRepliesSayHowMuchRoomTheyTake) {
  config =
      config_of(std::string(kConfig) + "[[pipeline.p.output]]\nlevel = \"warrior\"\nto = \"raw.ndjson\"\n");
  const auto question = asked_by(20);
  const auto next = next_run(question);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->bytes, 6000 * 2048) << "of the level that is kept, and of no other";
  EXPECT_THAT(text_of(next, question), HasSubstr("disk: about 11.7 MiB, if replies are kept as they come\n"));
}

TEST_F(PlanBySampleTest, WithEarlierRunsBothAreGoneBy) {
  const auto question = asked_by(20, {past(5000)});
  const auto next = next_run(question);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->levels[1].calls, 6000) << "that many are listed now";
  EXPECT_THAT(
      text_of(next, question),
      HasSubstr("as a sample of 21 requests at 2027-01-15T07:43Z was, and as the last complete one was"));
}

TEST_F(PlanBySampleTest, OneThatIsTooSmallSaysWhichLevelsItHasNotReached) {
  auto question = asked_by(0);
  Sample nothing(2);
  question.sample->seen = fanout::text_of(nothing, tree_of(&question.pipeline));
  EXPECT_EQ(text_of(next_run(question), question),
            "p: its sample of 1 request says too little: no reply of troop and warrior has come\n"
            "  take a larger one: fanoutctl plan p --sample 50\n");
}

// A newcomer's wrong path gave a plan of one call.
TEST_F(PlanBySampleTest, OneOfWhichALevelOnlyFailedGivesNoPlanButTheReason) {
  auto question = asked_by(2);
  question.sample->failed = R"({"warrior":{"answered":0,"failed":2,"last":"HTTP 404"}})";
  const auto next = next_run(question);
  EXPECT_FALSE(next);
  EXPECT_THAT(text_of(next, question),
              HasSubstr("in the sample none of level warrior was answered, 2 failed; the last: HTTP 404\n"));
}

TEST_F(PlanBySampleTest, WhatFailedBesideOthersIsSaid) {
  auto question = asked_by(20);
  question.sample->failed = R"({"warrior":{"answered":19,"failed":1,"last":"HTTP 500"}})";
  EXPECT_THAT(text_of(next_run(question), question),
              HasSubstr("in the sample 1 of level warrior failed, 19 did not; the last: HTTP 500\n"));
}

TEST_F(PlanBySampleTest, HowMuchRoomIsNeededIsUnknownWhereNoReplyHasCome) {
  config =
      config_of(std::string(kConfig) + "[[pipeline.p.output]]\nlevel = \"warrior\"\nto = \"raw.ndjson\"\n");
  const auto question = asked_by(0);
  EXPECT_THAT(text_of(next_run(question), question),
              HasSubstr("disk: unknown, since no reply of warrior has come\n"));
}

TEST_F(PlanBySampleTest, APageThatEachPageListsIsOne) {
  config = config_of(std::string(kConfig) + R"(
[pipeline.paged]
vendor = "v"
[[pipeline.paged.level]]
name = "troop"
path = "/t"
items = "$.items"
page = { kind = "offset", param = "o", size_param = "s", size = 3, total = "$.total" }
[[pipeline.paged.level]]
name = "warrior"
parent = "troop"
path = "/{troop}/w"
)");
  auto question = asked({}, "paged");
  const auto tree = tree_of(&question.pipeline);
  Sample sample(tree.size());
  sample.add({0, false, 2, {{1, 3}}, 0});
  sample.add({0, true, 1, {{1, 3}}, 0});
  sample.add({0, true, 0, {{1, 2}}, 0});
  sample.add({1, false, 0, {}, 0});
  question.sample = PastSample{4, question.now, fanout::text_of(sample, tree)};
  const auto next = next_run(question);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->levels[0].calls, 3);
  EXPECT_EQ(next->levels[1].calls, 8);
}

TEST_F(PlanForTest, AQuotaOfSomeLevelsIsReckonedToo) {
  config = config_of(std::string(kConfig) +
                     "[[vendor.v.limit]]\nmatch = { level = \"warrior\" }\nquota = \"20/day\"\n");
  vendor = config->vendors.at("v");
  const auto question = asked({past(80)});
  const auto next = next_run(question);
  EXPECT_THAT(text_of(next, question),
              HasSubstr("need 400 % of what 20/1d of limit warrior allows in a day: will not drain\n"));
  EXPECT_FALSE(json_of(next, question)["will_drain"]);
}

TEST_F(PlanBySampleTest, OneOfOtherLevelsSaysThat) {
  auto question = asked_by(20);
  question.sample->seen = "{}";
  EXPECT_THAT(text_of(next_run(question), question), HasSubstr("was taken of other levels; take another"));
}

TEST_F(PlanForTest, OnlyRatesCanBeAssumed) {
  assume({"rate=20/1s", "rate=1000/1d"}, vendor);
  EXPECT_EQ(vendor.rates, (std::vector<Rate>{{20, seconds(1)}, {1000, hours(24)}}));
  for (const std::string wrong : {"rate=fast", "rate=", "speed=20/1s", "20/1s", "rate=0/1s"})
    EXPECT_THROW(assume({wrong}, vendor), Error) << wrong;
}

}  // namespace
}  // namespace fanout
