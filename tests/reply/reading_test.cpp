#include "reply/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page/page_kind.h"
#include "reply/read_case.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// ---- facts

TEST(Facts, AreTakenFromTheReply) {
  ReadCase refused(std::string("no\r\nway\x1B ") + std::string(500, 'x'), 429);
  refused.reply.headers = {{"retry-after", "7"}};
  const ReplyFacts facts = refused.read().facts;
  EXPECT_EQ(facts.status, 429);
  EXPECT_EQ(facts.fault, Fault::none);
  EXPECT_EQ(facts.retry_after, milliseconds(7000));
  EXPECT_TRUE(facts.first_level);
  EXPECT_TRUE(facts.detail.starts_with("no way xxx")) << facts.detail;
  EXPECT_LE(facts.detail.size(), 200U);
}

TEST(Facts, SayWhereARedirectLeadsAndWhichPageIsNotThere) {
  ReadCase redirect("<html>moved</html>", 302);
  redirect.reply.headers = {{"location", "https://login.example/in"}};
  const auto outcome = judge(redirect.read().facts);
  EXPECT_EQ(outcome.verdict, Verdict::dead);
  EXPECT_THAT(outcome.reason, HasSubstr("redirected to https://login.example/in, which is not followed"));

  ReadCase page("{}", 404);
  page.task.page = 3;
  const auto missing = judge(page.read().facts);
  EXPECT_EQ(missing.verdict, Verdict::dead);
  EXPECT_THAT(missing.reason, HasSubstr("404: page 3 of the list is not there"));
  EXPECT_EQ(missing.reason.find("base_url"), std::string::npos) << "the pages before it were there";
}

TEST(Facts, SayWhatWentWrongOnTheWay) {
  ReadCase reset;
  reset.reply = Reply{};
  reset.reply.fault = Fault::reset;
  reset.reply.detail = "connection reset\nby peer";
  reset.level().depth = 2;
  const ReplyFacts facts = reset.read().facts;
  EXPECT_EQ(facts.status, 0);
  EXPECT_EQ(facts.fault, Fault::reset);
  EXPECT_EQ(facts.detail, "connection reset by peer");
  EXPECT_FALSE(facts.first_level);

  ReadCase large(R"({"items":[{"id":1}]})");
  large.reply.fault = Fault::too_large;
  EXPECT_EQ(large.read().facts.fault, Fault::too_large);
  EXPECT_THAT(large.read().seeds, IsEmpty());
}

TEST(Facts, HoldTheFirstRuleThatMatches) {
  ReadCase busy(R"({"status":1401,"items":[{"id":1}]})");
  busy.reply.headers = {{"x-busy", "yes"}};
  busy.level().rules = {{"status = 500", Verdict::skip, milliseconds(0)},
                        {"body->>'status' = 1401", Verdict::snooze, milliseconds(60'000)},
                        {"header('X-Busy') = 'yes'", Verdict::dead, milliseconds(0)}};
  Reading reading = busy.read();
  ASSERT_TRUE(reading.facts.ruling);
  EXPECT_EQ(reading.facts.ruling->then, Verdict::snooze);
  EXPECT_EQ(reading.facts.ruling->snooze, milliseconds(60'000));
  EXPECT_EQ(reading.facts.ruling->when, "body->>'status' = 1401");
  EXPECT_THAT(reading.seeds, IsEmpty());

  busy.reply.body = R"({"items":[{"id":1}]})";
  EXPECT_EQ(busy.read().facts.ruling->then, Verdict::dead);
  busy.reply.headers.clear();
  reading = busy.read();
  EXPECT_FALSE(reading.facts.ruling);
  EXPECT_THAT(reading.seeds, SizeIs(1));
}

TEST(Facts, HoldWhatARuleReadsInTheReply) {
  struct Row {
    const char* wait;
    std::optional<milliseconds> expected;
  };
  const Row rows[] = {
      {"header('Retry-After')", seconds(7)},
      {"header('X-Pause') / 1000.0", milliseconds(1500)},
      {"body->>'$.again_in'", seconds(90)},
      {"body->>'$.again_at'", seconds(40)},
      {"CASE WHEN status = 200 THEN 3 END", seconds(3)},
      {"datetime(body->>'$.again_at', '+20 seconds')", seconds(60)},
      // what it does not say is as the rule says
      {"header('Nothing')", seconds(5)},
      {"body->>'$.word'", seconds(5)},
      {"body->>'$.nothing'", seconds(5)},
  };
  for (const auto& [wait, expected] : rows) {
    ReadCase busy(R"({"again_in":90,"again_at":"2026-11-23T02:00:40Z","word":"soon"})");
    busy.reply.headers = {{"retry-after", "7"}, {"x-pause", "1500"}};
    busy.level().rules = {{"status = 200", Verdict::snooze, seconds(5), true, wait}};
    const auto ruling = busy.read().facts.ruling;
    ASSERT_TRUE(ruling) << wait;
    EXPECT_TRUE(ruling->holds) << wait;
    EXPECT_EQ(ruling->snooze, expected) << wait;
  }
}

TEST(Facts, OfA202WithATimeHoldNoChildren) {
  ReadCase accepted(R"({"items":[{"id":1}]})", 202);
  EXPECT_THAT(accepted.read().seeds, SizeIs(1));
  EXPECT_FALSE(accepted.read().facts.retry_after);
  accepted.reply.headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "3000"}};
  EXPECT_FALSE(accepted.read().facts.retry_after) << "that is no word about this answer";
  accepted.reply.headers = {{"retry-after", "7"}};
  EXPECT_EQ(accepted.read().facts.retry_after, seconds(7));
  EXPECT_THAT(accepted.read().seeds, IsEmpty());
}

TEST(Facts, OfAReplyThatARuleCallsDoneHoldItsChildren) {
  ReadCase done(R"({"items":[{"id":1}]})");
  done.level().rules = {{"status = 200", Verdict::done, milliseconds(0)}};
  EXPECT_THAT(done.read().seeds, SizeIs(1));
}

// ---- pages, through the whole; the rule itself has its own test

TEST(Pages, ComeBeforeTheChildrenAndCountWhatTheConditionLeavesOut) {
  ReadCase list(R"({"meta":{"total":"3"},"items":[{"id":1},{"id":2}]})");
  list.level().page = {&offset_pages(), "offset", "", 2, 1, JsonPath::parse("$.meta.total"), std::nullopt};
  list.level().where = "item->>'id' = 2";
  list.task.parents = R"({"a":1})";
  const Reading reading = list.read();
  EXPECT_THAT(reading.seeds,
              ElementsAre(Seed{"troop", 0, 0, 0, 42, "", 2, R"({"a":1})", "2", reading.seeds[0].trail},
                          Seed{"warrior", 1, 42, 42, 0, "2", 1, R"({"a":1,"troop":{}})", "", ""}));
}

TEST(Pages, OfAnAbsurdTotalFailTheReply) {
  ReadCase list(R"({"total":1e15,"items":[{"id":1},{"id":2}]})");
  list.level().page = {&offset_pages(), "offset", "", 2, 1, JsonPath::parse("$.total"), std::nullopt};
  const Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::not_as_level);
  EXPECT_EQ(reading.facts.detail, "a list of 500000000000000 pages; 100000 are the most that are read");
  EXPECT_THAT(reading.seeds, IsEmpty());
}

TEST(Pages, AreCountedWhereTheTotalComesAfterTheItemsOrTheLevelListsNone) {
  ReadCase list(R"({"items":[{"id":1},{"id":2}],"total":4})");
  list.level().page = {&number_pages(), "page", "", 2, 1, JsonPath::parse("$.total"), std::nullopt};
  EXPECT_THAT(list.read().seeds, SizeIs(3));
  list.level().items.reset();
  EXPECT_THAT(list.read().seeds, SizeIs(1));
  list.reply.body = "{}";
  EXPECT_EQ(list.read().facts.fault, Fault::not_as_level);
}

TEST(Body, IsReadRuledOnAndKeptAsOneTextCleanedOnce) {
  ReadCase marked("\xEF\xBB\xBF{\"status\":1401,\"items\":[{\"id\":\"a\\ud800\"}]}");
  marked.level().rules = {{"body->>'status' = 1401", Verdict::done, milliseconds(0)}};
  const Reading reading = marked.read();
  EXPECT_TRUE(reading.facts.ruling) << "the rule sees JSON";
  EXPECT_EQ(reading.cleaned_body, R"({"status":1401,"items":[{"id":"a\ufffd"}]})");
  EXPECT_THAT(keys(reading), ElementsAre("a\xEF\xBF\xBD"));
  EXPECT_EQ(ReadCase("{}").read().cleaned_body, std::nullopt);
}

// ---- pages that end a list, or do not

TEST(Page, ThatShowsTheItemsOfAPageBeforeItIsAFault) {
  ReadCase list(R"({"items":[{"id":1,"at":10},{"id":2,"at":10}]})");
  list.level().page = {&number_pages(), "page", "", 2, 1, std::nullopt, std::nullopt};
  const Reading first = list.read();
  ASSERT_THAT(first.seeds, SizeIs(3));
  EXPECT_EQ(first.items, 2);
  list.task.page = 2;
  list.task.list = 42;
  list.task.trail = first.seeds[0].trail;
  // The same items, though in another order and asked at another time.
  list.reply.body = R"({"items":[{"id":2,"at":11},{"id":1,"at":11}]})";
  Reading second = list.read();
  EXPECT_EQ(second.facts.fault, Fault::nothing_new);
  EXPECT_THAT(second.seeds, IsEmpty());
  EXPECT_EQ(judge(second.facts).verdict, Verdict::dead);
  EXPECT_THAT(judge(second.facts).reason,
              HasSubstr("brings nothing new: its 2 items are those of a page before it"));
  // One of them is another.
  list.reply.body = R"({"items":[{"id":2},{"id":3}]})";
  EXPECT_EQ(list.read().facts.fault, Fault::none);
  // Where no tasks are made of the items, what they say is what they are.
  list.reply.body = R"({"items":[{"id":1,"at":11},{"id":2,"at":11}]})";
  list.level().children = {};
  EXPECT_EQ(list.read().facts.fault, Fault::none);
}

TEST(Page, ThatIsNotThereIsTheEndWhereNothingToldTheLength) {
  for (const int status : {404, 410}) {
    ReadCase list("{}", status);
    list.level().page = {&offset_pages(), "offset", "", 2, 1, std::nullopt, std::nullopt};
    EXPECT_EQ(judge(list.read().facts).verdict, Verdict::dead) << "a first page";
    list.task.page = 2;
    list.task.trail = "0 2 5 5";
    const Reading end = list.read();
    EXPECT_EQ(end.items, 0);
    EXPECT_EQ(judge(end.facts).verdict, Verdict::done);
    EXPECT_TRUE(judge(end.facts).without_record) << "it leaves no record";
    list.task.trail = "2 2 5 5";
    EXPECT_EQ(judge(list.read().facts).verdict, Verdict::dead) << "a total told that it is there";
    list.level().depth = 1;
    EXPECT_EQ(judge(list.read().facts).verdict, Verdict::skip);
  }
}

}  // namespace
}  // namespace fanout
