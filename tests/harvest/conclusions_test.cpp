#include "harvest/conclusions.h"

#include <gmock/gmock.h>

#include "forecast/sample_text.h"
#include "harvest/departure.h"
#include "harvest/machines.h"

namespace fanout {
namespace {

Reply reply_of(int status, std::string body = "[1,2]") {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

class ConclusionsTest : public Machines {
 protected:
  Departure depart_for(Claimed claimed) {
    auto& dispatcher = dispatchers.of("v");
    auto departing = depart(std::move(claimed), *runs.find(1), config, dispatcher);
    auto departure = std::get<Departure>(std::move(departing));
    departure.attempt->ticket = dispatcher.left();
    return departure;
  }
  void answer(Attempt& attempt, Reply reply) {
    auto reading = read_reply(reply, attempt.claimed.task, *attempt.pipeline, *attempt.level, expressions,
                              clock.wall(), attempt.credentials->redactor());
    conclusions.draw(attempt, std::move(reply), std::move(reading));
  }
  Settlement settled_by(Reply reply) {
    const auto departure = depart_for(claimed_of(open(1, "p")));
    answer(*departure.attempt, std::move(reply));
    return pending().batch.settlements.empty() ? Settlement{} : pending().batch.settlements.back();
  }

  Expressions expressions;
  Conclusions conclusions{clock, random, log, runs, dispatchers, committer};
};

TEST_F(ConclusionsTest, AGoodReplyIsDoneWithItsChildren) {
  const auto settlement = settled_by(reply_of(200));
  EXPECT_EQ(settlement.to, State::done);
  EXPECT_EQ(settlement.seeds.size(), 2U);
  EXPECT_TRUE(pending().records.empty()) << "no output wants this level";
}

TEST_F(ConclusionsTest, AnAnswerThatAnOutputWantsIsKeptWithItsSettlement) {
  auto claimed = claimed_of(open(1, "p"));
  claimed.task.level = "b";
  claimed.task.parents = R"({"a":1})";
  const auto departure = depart_for(std::move(claimed));
  answer(*departure.attempt, reply_of(200, R"({"x":1})"));
  ASSERT_EQ(pending().records.size(), 1U);
  EXPECT_EQ(pending().records[0].body, R"({"x":1})");
  EXPECT_EQ(pending().settlement_of, std::vector<std::size_t>{0});
}

class SampleTest : public ConclusionsTest {
 protected:
  Settlement settled_in_sample(int most, Reply reply, const std::string& level = "a") {
    auto& run = open(1, "p");
    run.sampling.emplace(config->pipelines.at("p"), most);
    auto claimed = claimed_of(run);
    claimed.task.level = level;
    if (level == "b") claimed.task.parents = R"({"a":1})";
    answer(*depart_for(std::move(claimed)).attempt, std::move(reply));
    return pending().batch.settlements.empty() ? Settlement{} : pending().batch.settlements.back();
  }
  int requests() { return runs.find(1)->sampling->requests(); }
};

TEST_F(SampleTest, AsksSomeOfWhatIsListedAndHasSeenAllOfIt) {
  const auto settlement = settled_in_sample(4, reply_of(200, "[1,2,3,4,5,6,7,8,9,10]"));
  EXPECT_EQ(settlement.to, State::done);
  EXPECT_EQ(settlement.seeds.size(), 3U);
  EXPECT_EQ(requests(), 4);
  runs.saw({settlement});
  const auto& forecast = runs.find(1)->foresight.forecast();
  const auto seen = sample_of(forecast.text(), forecast.tree());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->all()[1].born, 10) << "once, not again when it is committed";
}

TEST_F(SampleTest, KeepsNoAnswer) {
  EXPECT_EQ(settled_in_sample(4, reply_of(200, R"({"x":1})"), "b").to, State::done);
  EXPECT_TRUE(pending().records.empty());
}

TEST_F(SampleTest, ARequestThatFailedIsSentAgainAsLongAsThereAreSome) {
  EXPECT_EQ(settled_in_sample(2, reply_of(500)).to, State::waiting);
  EXPECT_EQ(requests(), 2);
}

TEST_F(SampleTest, WhatDiesIsToldWithTheSampleAndIsNoDeadLetter) {
  EXPECT_EQ(settled_in_sample(4, reply_of(418)).to, State::skipped);
  EXPECT_TRUE(lines.empty());
  EXPECT_THAT(
      runs.find(1)->sampling->failures_text(),
      testing::AllOf(testing::HasSubstr(R"("a":{"answered":0,"failed":1)"), testing::HasSubstr("418")));
}

TEST_F(SampleTest, WithoutOneLeftItIsLeftOutWithTheReason) {
  const auto settlement = settled_in_sample(1, reply_of(500, "oh no"));
  EXPECT_EQ(settlement.to, State::skipped);
  EXPECT_THAT(settlement.reason, testing::StartsWith("the sample has no more requests for it: 500"));
}

TEST_F(SampleTest, ARedirectIsARequestToo) {
  auto redirect = reply_of(302, "");
  redirect.headers = {{"location", "/elsewhere"}};
  EXPECT_EQ(settled_in_sample(1, std::move(redirect)).to, State::skipped);
  EXPECT_FALSE(dispatchers.of("v").waiting().next());
}

TEST_F(ConclusionsTest, ADeadLetterNamesItsRequestAndIsLogged) {
  const auto settlement = settled_by(reply_of(418));
  EXPECT_EQ(settlement.to, State::dead);
  EXPECT_EQ(settlement.request, "GET http://v.example/a");
  EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("task 1 of level a is dead: 418")));
}

// A vendor may send us to an address that repeats our token.
TEST_F(ConclusionsTest, NoSecretStandsInTheRequestOfADeadLetter) {
  auto claimed = claimed_of(open(1, "p"));
  claimed.so_far.redirected_to = "/login?again=hunter2-hunter2";
  const auto departure = depart_for(std::move(claimed));
  Auth auth{"bearer", {}, {{"token", {SecretSource::Kind::env, "UNUSED"}}}};
  departure.attempt->credentials =
      std::make_shared<Credentials>(auth, Secrets{{"token", Secret("hunter2-hunter2")}});
  answer(*departure.attempt, reply_of(418, "who is hunter2-hunter2?"));
  ASSERT_EQ(pending().batch.settlements.size(), 1U);
  const auto& settlement = pending().batch.settlements[0];
  EXPECT_EQ(settlement.request, "GET http://v.example/login?again=…");
  EXPECT_THAT(settlement.reason, testing::Not(testing::HasSubstr("hunter2")));
}

TEST_F(ConclusionsTest, ARedirectGoesOnInFrontOfAllOthers) {
  auto redirect = reply_of(302, "");
  redirect.headers = {{"location", "/elsewhere"}};
  settled_by(std::move(redirect));
  EXPECT_TRUE(pending().batch.settlements.empty());
  const auto next = dispatchers.of("v").waiting().next();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->so_far.redirected_to, "/elsewhere");
  EXPECT_EQ(next->so_far.hops, 1);
}

TEST_F(ConclusionsTest, A401IsAskedOnceMoreWithRenewedCredentials) {
  settled_by(reply_of(401, ""));
  EXPECT_TRUE(pending().batch.settlements.empty());
  const auto next = dispatchers.of("v").waiting().next();
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->so_far.renewed);
  auto again = depart_for(*next);
  answer(*again.attempt, reply_of(401, ""));
  ASSERT_EQ(pending().batch.settlements.size(), 1U) << "and then waits like all others";
  EXPECT_EQ(pending().batch.settlements[0].to, State::waiting);
}

TEST_F(ConclusionsTest, AnAttemptOfAPausedPipelineGoesBackAndIsRemembered) {
  const auto departure = depart_for(claimed_of(open(1, "p")));
  runs.pause("p", true);
  auto redirect = reply_of(302, "");
  redirect.headers = {{"location", "/elsewhere"}};
  answer(*departure.attempt, std::move(redirect));
  EXPECT_EQ(dispatchers.of("v").waiting().count(), 0U);
  ASSERT_EQ(pending().batch.settlements.size(), 1U);
  EXPECT_FALSE(pending().batch.settlements[0].spent);
  dispatchers.of("v").waiting().add(claimed_of(*runs.find(1)));
  EXPECT_EQ(dispatchers.of("v").waiting().next()->so_far.redirected_to, "/elsewhere");
}

TEST_F(ConclusionsTest, OfARunThatIsGoneStillSettle) {
  const auto departure = depart_for(claimed_of(open(1, "p")));
  runs.erase(1);
  answer(*departure.attempt, reply_of(200));
  EXPECT_EQ(pending().batch.settlements.size(), 1U) << "the store knows whether it matters";
}

class DepartureTest : public Machines {
 protected:
  // What becomes of a task of this level that has no request.
  Settlement without_request(const std::string& level) {
    const auto& run = open(1, "p");
    auto claimed = claimed_of(run);
    claimed.task.level = level;
    const auto departing = depart(std::move(claimed), run, config, dispatchers.of("v"));
    const auto* settlement = std::get_if<Settlement>(&departing);
    EXPECT_NE(settlement, nullptr);
    return settlement == nullptr ? Settlement{} : *settlement;
  }
};

TEST_F(DepartureTest, OfALevelThatIsNoLongerThereIsADeadLetter) {
  const auto settlement = without_request("gone");
  EXPECT_EQ(settlement.to, State::dead);
  EXPECT_EQ(settlement.reason, "level gone is no longer in the configuration");
}

TEST_F(DepartureTest, OfATaskWhoseAddressHasNoValueIsADeadLetterThatSaysSo) {
  EXPECT_THAT(without_request("b").reason, testing::HasSubstr("a"));
}

TEST_F(DepartureTest, GoesOnWhereARedirectHadLed) {
  const auto& run = open(1, "p");
  auto claimed = claimed_of(run);
  claimed.so_far.redirected_to = "/elsewhere";
  auto departing = depart(std::move(claimed), run, config, dispatchers.of("v"));
  EXPECT_EQ(std::get<Departure>(departing).request.target, "/elsewhere");
}

}  // namespace
}  // namespace fanout
