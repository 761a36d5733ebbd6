// What each reply becomes. These tables are the place to look it up; the rule is lib/task/outcome.cpp.
#include "task/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace fanout {
namespace {

using testing::IsEmpty;
using testing::Not;

// What an outcome says beside its verdict.
enum Mark : unsigned {
  alive = 1,        // the vendor answered sensibly
  down = 2,         // the breaker's evidence
  unchanged = 4,    // done without a record
  follow = 8,       // ask again at the redirect's target
  renew = 16,       // ask again with renewed credentials
  refused = 32,     // the vendor is held and the operator told
  over_limit = 64,  // the vendor is on hold for as long as it said, else as long as the limiter thinks
  nobody = 128,     // it was not even reached: the task is put back without using up an attempt
  again = 256,      // ask again at once
};

unsigned marks_of(const Outcome& outcome) {
  const auto vendor = outcome.vendor;
  const bool is_down = vendor == VendorSays::down || vendor == VendorSays::not_there;
  return (vendor == VendorSays::well ? alive : 0U) | (is_down ? down : 0U) |
         (outcome.without_record ? unchanged : 0U) | (outcome.again == Again::follow ? follow : 0U) |
         (outcome.again == Again::renew ? renew : 0U) | (vendor == VendorSays::refuses_us ? refused : 0U) |
         (vendor == VendorSays::asked_too_much ? over_limit : 0U) |
         (vendor == VendorSays::not_there ? nobody : 0U) | (outcome.again == Again::send ? again : 0U);
}

ReplyFacts status(int status) {
  ReplyFacts facts;
  facts.status = status;
  return facts;
}
ReplyFacts fault(Fault fault, int status = 0) {
  ReplyFacts facts;
  facts.status = status;
  facts.fault = fault;
  return facts;
}
ReplyFacts on_first_level(ReplyFacts facts) {
  facts.first_level = true;
  return facts;
}
ReplyFacts followable(ReplyFacts facts) {
  facts.may_follow = true;
  return facts;
}
ReplyFacts renewable(ReplyFacts facts) {
  facts.may_renew = true;
  return facts;
}
ReplyFacts maybe_unread(ReplyFacts facts) {
  facts.may_send_again = true;
  return facts;
}
ReplyFacts wanting_quiet(ReplyFacts facts, milliseconds for_how_long = seconds(30)) {
  facts.retry_after = for_how_long;
  return facts;
}
ReplyFacts used_up(ReplyFacts facts) {
  facts.nothing_remains = true;
  return facts;
}
ReplyFacts held(ReplyFacts facts, std::optional<milliseconds> time = std::nullopt) {
  facts.ruling = Ruling{Verdict::snooze, time, "a = b", true};
  return facts;
}
ReplyFacts ruled(ReplyFacts facts, Verdict then, milliseconds snooze = milliseconds(0)) {
  facts.ruling = Ruling{then, snooze, "a = b"};
  return facts;
}

std::string text_of(const ReplyFacts& facts) {
  std::string text = "status " + std::to_string(facts.status) + ", " + fault_name(facts.fault);
  if (facts.first_level) text += ", first level";
  if (facts.may_follow) text += ", may follow";
  if (facts.may_renew) text += ", may renew";
  if (facts.may_send_again) text += ", may send again";
  if (facts.nothing_remains) text += ", nothing remains";
  if (facts.retry_after) text += ", Retry-After";
  if (facts.ruling) text += std::string(", ruled ") + verdict_name(facts.ruling->then);
  return text;
}

struct Row {
  ReplyFacts facts;
  Verdict verdict;
  unsigned marks;
};

void expect(const std::vector<Row>& rows) {
  for (const auto& [facts, verdict, marks] : rows) {
    const auto outcome = judge(facts);
    EXPECT_STREQ(verdict_name(outcome.verdict), verdict_name(verdict)) << text_of(facts);
    EXPECT_EQ(marks_of(outcome), marks) << text_of(facts);
    EXPECT_EQ(outcome.reason.empty(), verdict == Verdict::done) << text_of(facts) << ": " << outcome.reason;
  }
}

TEST(Outcome, OfAStatus) {
  expect({
      {status(200), Verdict::done, alive},
      {status(201), Verdict::done, alive},
      {status(204), Verdict::done, alive},
      {status(299), Verdict::done, alive},
      {status(304), Verdict::done, alive | unchanged},

      // gone since it was listed; what nothing listed is a wrong address
      {status(404), Verdict::skip, alive},
      {status(410), Verdict::skip, alive},
      {on_first_level(status(404)), Verdict::dead, alive},
      {on_first_level(status(410)), Verdict::dead, alive},

      {status(429), Verdict::snooze, over_limit},
      {wanting_quiet(status(429)), Verdict::snooze, over_limit},
      {wanting_quiet(status(503)), Verdict::snooze, over_limit},
      {status(503), Verdict::retry, down},
      {wanting_quiet(status(500)), Verdict::retry, down},  // 429, 503 and 403 ask for quiet
      {used_up(status(503)), Verdict::retry, down},
      {wanting_quiet(status(403)), Verdict::snooze, over_limit},
      {used_up(status(403)), Verdict::snooze, over_limit},
      {wanting_quiet(status(202)), Verdict::snooze, alive},  // not ready yet
      {status(202), Verdict::done, alive},
      {used_up(status(200)), Verdict::done, alive},

      // once with renewed credentials; then no task dies of it, but nothing more is asked
      {renewable(status(401)), Verdict::retry, renew},
      {status(401), Verdict::snooze, refused},
      {on_first_level(status(401)), Verdict::snooze, refused},

      {status(408), Verdict::retry, 0},
      {status(425), Verdict::retry, 0},
      {status(500), Verdict::retry, down},
      {status(501), Verdict::retry, down},
      {status(502), Verdict::retry, down},
      {status(504), Verdict::retry, down},
      {status(599), Verdict::retry, down},

      {followable(status(300)), Verdict::dead, alive},  // a choice, not a redirect
      {followable(status(305)), Verdict::dead, alive},

      {status(400), Verdict::dead, alive},
      {renewable(status(403)), Verdict::dead, alive},
      {status(405), Verdict::dead, alive},
      {status(409), Verdict::dead, alive},
      {status(422), Verdict::dead, alive},
      {status(451), Verdict::dead, alive},
      {status(499), Verdict::dead, alive},
      {status(101), Verdict::dead, alive},
      {status(600), Verdict::dead, alive},
      {status(999), Verdict::dead, alive},
  });
}

// On the same origin and below the limit of hops; else dead.
TEST(Outcome, OfARedirect) {
  for (const int code : {301, 302, 303, 307, 308}) {
    expect(
        {{followable(status(code)), Verdict::retry, alive | follow}, {status(code), Verdict::dead, alive}});
  }
}

TEST(Outcome, OfAFault) {
  expect({
      {fault(Fault::unresolved), Verdict::retry, down | nobody},
      {fault(Fault::refused), Verdict::retry, down | nobody},
      {fault(Fault::no_room_here), Verdict::retry, down | nobody},
      {fault(Fault::connect_timeout), Verdict::retry, down | nobody},
      {fault(Fault::timeout), Verdict::retry, down},
      {fault(Fault::timeout, 200), Verdict::retry, down},
      {fault(Fault::reset), Verdict::retry, down},
      {maybe_unread(fault(Fault::reset)), Verdict::retry,
       again},  // the connection was most likely closed before
      {fault(Fault::truncated, 200), Verdict::retry, down},
      {fault(Fault::bad_certificate), Verdict::retry, down | nobody},
      {fault(Fault::bad_protocol), Verdict::retry, down},
      {fault(Fault::bad_protocol, 200), Verdict::retry, down},

      {fault(Fault::malformed, 200), Verdict::retry, 0},  // half a page from a proxy passes

      // would be the same next time
      {fault(Fault::too_large, 200), Verdict::dead, alive},
      {fault(Fault::too_deep, 200), Verdict::dead, alive},
      {fault(Fault::not_as_level, 200), Verdict::dead, alive},

      {status(0), Verdict::retry, down},  // no reply, and nobody says why
  });
}

// A status other than 2xx says all, whatever came of its body: a hold must not be lost to a cut connection.
TEST(Outcome, OfAStatusWhoseBodyDidNotCome) {
  for (const auto broken : {Fault::timeout, Fault::truncated, Fault::bad_protocol, Fault::too_large}) {
    expect({
        {wanting_quiet(fault(broken, 429)), Verdict::snooze, over_limit},
        {wanting_quiet(fault(broken, 503)), Verdict::snooze, over_limit},
        {renewable(fault(broken, 401)), Verdict::retry, renew},
        {followable(fault(broken, 302)), Verdict::retry, alive | follow},
        {fault(broken, 404), Verdict::skip, alive},
        {fault(broken, 500), Verdict::retry, down},
        {fault(broken, 400), Verdict::dead, alive},
    });
  }
}

TEST(Outcome, OfAReplyThatARuleIsAbout) {
  const auto minute = seconds(60);
  expect({
      // whatever the status would say
      {ruled(status(200), Verdict::snooze, minute), Verdict::snooze, alive},
      {ruled(status(200), Verdict::retry), Verdict::retry, alive},
      {ruled(status(200), Verdict::skip), Verdict::skip, alive},
      {ruled(status(200), Verdict::dead), Verdict::dead, alive},
      {ruled(status(404), Verdict::done), Verdict::done, alive},
      {ruled(on_first_level(status(404)), Verdict::skip), Verdict::skip, alive},
      {ruled(followable(status(302)), Verdict::dead), Verdict::dead, alive},
      {ruled(renewable(status(401)), Verdict::skip), Verdict::skip, alive},
      {ruled(status(304), Verdict::retry), Verdict::retry, alive},
      {ruled(status(500), Verdict::dead), Verdict::dead, alive},
      {ruled(status(500), Verdict::done), Verdict::done, alive},
      {ruled(wanting_quiet(status(429)), Verdict::skip), Verdict::skip, alive},

      // where it wants to ask again, hold and breaker still hear what the vendor says
      {ruled(status(429), Verdict::snooze, minute), Verdict::snooze, over_limit},
      {ruled(wanting_quiet(status(503)), Verdict::retry), Verdict::retry, over_limit},
      {ruled(status(503), Verdict::snooze, minute), Verdict::snooze, down},
      {ruled(status(500), Verdict::retry), Verdict::retry, down},
      {ruled(fault(Fault::truncated, 200), Verdict::retry), Verdict::retry, down},

      // a body that is not as the level says may be well …
      {ruled(fault(Fault::not_as_level, 200), Verdict::done), Verdict::done, alive},
      {ruled(fault(Fault::malformed, 200), Verdict::done), Verdict::done, alive},
      {ruled(fault(Fault::too_deep, 200), Verdict::done), Verdict::done, alive},
      // … but no rule makes half an answer a whole one
      {ruled(fault(Fault::truncated, 200), Verdict::done), Verdict::retry, down},
      {ruled(fault(Fault::timeout, 404), Verdict::done), Verdict::retry, down},
      {ruled(fault(Fault::bad_protocol, 200), Verdict::done), Verdict::retry, down},
      {ruled(fault(Fault::too_large, 200), Verdict::done), Verdict::dead, alive},
      {ruled(fault(Fault::truncated, 200), Verdict::skip), Verdict::skip, alive},
      {ruled(fault(Fault::too_large, 200), Verdict::dead), Verdict::dead, alive},
  });
}

TEST(Outcome, HoldsTheVendorForAsLongAsItSaid) {
  EXPECT_EQ(judge(wanting_quiet(status(429))).hold, seconds(30));
  EXPECT_EQ(judge(wanting_quiet(status(503))).hold, seconds(30));
  EXPECT_EQ(judge(wanting_quiet(status(429), seconds(0))).hold, seconds(0));
  EXPECT_EQ(judge(status(429)).hold, std::nullopt) << "it did not say";
  EXPECT_EQ(judge(wanting_quiet(status(500))).hold, std::nullopt);
  EXPECT_EQ(judge(wanting_quiet(status(200))).hold, std::nullopt);
  EXPECT_EQ(judge(status(429)).snooze, std::nullopt) << "that is a rule's";
}

TEST(Outcome, HoldsTheVendorWhereARuleSaysSo) {
  expect({
      {held(status(200)), Verdict::snooze, over_limit},
      {held(status(200), seconds(60)), Verdict::snooze, over_limit},
      {held(status(403)), Verdict::snooze, over_limit},
      {held(status(500)), Verdict::snooze, over_limit},
      {held(fault(Fault::truncated, 200)), Verdict::snooze, over_limit},
  });
  EXPECT_EQ(judge(held(status(200), seconds(60))).hold, seconds(60));
  EXPECT_EQ(judge(held(wanting_quiet(status(200)), seconds(60))).hold, seconds(60)) << "the rule's own first";
  EXPECT_EQ(judge(held(wanting_quiet(status(200)))).hold, seconds(30)) << "else the reply's";
  EXPECT_EQ(judge(held(status(200))).hold, std::nullopt);
  EXPECT_EQ(judge(held(status(200), seconds(60))).snooze, std::nullopt) << "the task waits for the hold";
  EXPECT_EQ(judge(held(status(200))).reason, "200: a rule says hold when a = b");
}

TEST(Outcome, SnoozesForAsLongAsTheReplySaysWhereTheRuleDoesNot) {
  auto facts = status(200);
  facts.ruling = Ruling{Verdict::snooze, std::nullopt, "a = b"};
  EXPECT_EQ(judge(wanting_quiet(facts)).snooze, seconds(30));
  EXPECT_EQ(judge(facts).snooze, seconds(60));
  EXPECT_EQ(judge(wanting_quiet(status(202))).snooze, seconds(30));
}

TEST(Outcome, SnoozesForAsLongAsTheRuleSays) {
  const auto outcome = judge(ruled(wanting_quiet(status(429)), Verdict::snooze, seconds(60)));
  EXPECT_EQ(outcome.snooze, seconds(60)) << "the task";
  EXPECT_EQ(outcome.hold, seconds(30)) << "the vendor";
  EXPECT_EQ(judge(ruled(status(200), Verdict::retry)).snooze, std::nullopt);
}

struct ReasonRow {
  ReplyFacts facts;
  const char* detail;
  const char* reason;
};

TEST(Outcome, GivesTheOperatorOneSentence) {
  const ReasonRow rows[] = {
      {wanting_quiet(status(429)), "", "429: the vendor wants quiet for 30 s"},
      {status(429), "slow down", "429: the vendor says that we ask too much"},
      {status(401), "", "401: the vendor does not accept the credentials"},
      {status(404), "", "404: it has vanished since it was listed"},
      {on_first_level(status(404)), "", "404: nothing is there; check base_url and path"},
      {status(302), "",
       "302: redirected to nowhere, which is not followed: it is another origin, nowhere, or one redirect "
       "too many; put the right address into base_url or "
       "path"},
      {status(403), "no such right", "403: the vendor refuses this: no such right"},
      {status(403), "", "403: the vendor refuses this"},
      {status(100), "", "100: this status is no answer"},
      {status(500), "Oops", "500: the vendor failed: Oops"},
      {status(408), "", "408: the vendor wants to be asked again"},
      {fault(Fault::unresolved), "v.example",
       "the host has no address: v.example; check base_url and the name service"},
      {fault(Fault::timeout), "", "no complete reply in time"},
      {fault(Fault::bad_certificate), "expired",
       "the certificate is not accepted: expired; if it is right, name what it is signed by in ca_file"},
      {fault(Fault::too_large, 200), "more than 16 MiB",
       "the reply is too large: more than 16 MiB; raise body_limit, or ask for smaller pages"},
      {fault(Fault::malformed, 200), "<html>", "the reply is no JSON: <html>"},
      {ruled(status(200), Verdict::skip), "{}", "200: a rule says skip when a = b"},
      {status(0), "", "no reply came"},
  };
  for (auto [facts, detail, reason] : rows) {
    facts.detail = detail;
    EXPECT_EQ(judge(facts).reason, reason) << text_of(facts);
  }
}

TEST(Outcome, GoesOneWayForEachReplyThereIs) {
  for (int code = 0; code < 1000; ++code) {
    for (int each = 0; each <= static_cast<int>(Fault::too_deep); ++each) {
      for (unsigned may = 0; may < 16; ++may) {
        auto facts = fault(static_cast<Fault>(each), code);
        facts.may_follow = (may & 1) != 0;
        facts.may_renew = (may & 2) != 0;
        facts.first_level = (may & 4) != 0;
        if ((may & 8) != 0) facts.retry_after = seconds(1);
        const auto outcome = judge(facts);
        ASSERT_EQ(outcome.reason.empty(), outcome.verdict == Verdict::done) << text_of(facts);
        ASSERT_TRUE(outcome.vendor == VendorSays::asked_too_much || !outcome.hold) << text_of(facts);
        if (outcome.verdict == Verdict::done) {
          ASSERT_TRUE(code == 304 || facts.fault == Fault::none) << text_of(facts);
        }
      }
    }
  }
}

TEST(Names, DifferForEachVerdictAndFault) {
  std::set<std::string> verdicts, faults;
  for (int i = 0; i <= static_cast<int>(Verdict::dead); ++i)
    verdicts.insert(verdict_name(static_cast<Verdict>(i)));
  for (int i = 0; i <= static_cast<int>(Fault::too_deep); ++i)
    faults.insert(fault_name(static_cast<Fault>(i)));
  EXPECT_EQ(verdicts, (std::set<std::string>{"dead", "done", "retry", "skip", "snooze"}));
  EXPECT_EQ(faults.size(), static_cast<std::size_t>(Fault::too_deep) + 1);
  EXPECT_THAT(faults, testing::Each(Not(IsEmpty())));
}

}  // namespace
}  // namespace fanout
