// Somebody asks why something does not go on, by a row in `control`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transcripts/configurations.h"
#include "transcripts/story.h"

namespace fanout {
namespace {

using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class WhyStory : public testing::Test {
 protected:
  void begin(const std::string& config, Story::Answer answer) {
    story_ = std::make_unique<Story>(config, std::move(answer));
    story_->begin();
    story_->shell("INSERT INTO control (command, target) VALUES ('start', 'p')");
  }
  std::string why(const std::string& target) {
    story_->shell("INSERT INTO control (command, target) VALUES ('why', '" + target + "')");
    story_->pass(milliseconds(300));
    return story_->shell("SELECT outcome FROM control ORDER BY id DESC LIMIT 1");
  }
  // Of any task in that state.
  std::string why_a(const std::string& state) {
    return why(story_->shell("SELECT id FROM task WHERE state = '" + state + "' LIMIT 1"));
  }
  Story& story() { return *story_; }

 private:
  std::unique_ptr<Story> story_;
};

TEST_F(WhyStory, ARateIsNamedWithItsMoment) {
  begin(vendor("rate = [\"10/1s\", \"20/1h\"]\n") + fan("p"), lists(100));
  story().pass(minutes(10));
  EXPECT_THAT(why_a("ready"),
              AllOf(HasSubstr("is ready and waits: vendor v: the rate 20/1h; until 2026-11-26T0"),
                    HasSubstr(" (in ")));
  EXPECT_THAT(why("p"), AllOf(StartsWith("run 1 of pipeline p is held"), HasSubstr("20/1h")));
  EXPECT_THAT(why("v"), AllOf(StartsWith("vendor v is held: the rate 20/1h; until")));
  EXPECT_THAT(why_a("done"), HasSubstr("is done"));
}

TEST_F(WhyStory, AHoldIsNamed) {
  begin(vendor("rate = \"10/1s\"\n") + fan("p"), [](const std::string& target) {
    return target == "/p" ? reply(200, list_of(50)) : reply(429, "", {{"retry-after", "600"}});
  });
  story().pass(minutes(1));
  EXPECT_THAT(why_a("ready"), HasSubstr("on hold, because the vendor said that it is asked too much; until"));
  EXPECT_THAT(why_a("waiting"), AllOf(HasSubstr("is due 2026-11-26T00:10:"), HasSubstr("429")));
}

TEST_F(WhyStory, AFinerLimitIsNamed) {
  begin(vendor("rate = \"100/1s\"\n[[vendor.v.limit]]\nmatch = { level = \"b\" }\nrate = \"1/10s\"\n") +
            fan("p"),
        lists(50));
  story().pass(seconds(55));
  EXPECT_THAT(why_a("waiting"), AllOf(HasSubstr("is due"), HasSubstr(": waits for limit b (1/10s)")));
  EXPECT_THAT(why("p"), HasSubstr("of its tasks wait, and fanoutctl stuck says for what"));
}

TEST_F(WhyStory, OfAVendorALimitOfItsOwnThatIsUsedUpIsNamedToo) {
  begin(vendor("rate = \"100/1s\"\n[[vendor.v.limit]]\nmatch = { level = \"b\" }\nrate = \"3/1h\"\n") +
            fan("p"),
        lists(50));
  story().pass(minutes(2)); 
  EXPECT_THAT(why("v"), HasSubstr("; besides, limit b (3/1h) is used up"));
}

TEST_F(WhyStory, AQuotaThatIsPacedIsAReason) {
  begin(vendor("rate = \"100/1s\"\n[[vendor.v.limit]]\nquota = \"100/day\"\ntimezone = \"UTC\"\n") + fan("p"),
        lists(50));
  story().pass(seconds(10));
  // No faster than a hundred times its pace: one in 8.64 s.
  EXPECT_THAT(why("v"), HasSubstr("vendor v is held: limit all (100/day"));
  EXPECT_THAT(story().shell("SELECT why FROM stuck WHERE run = 1"), HasSubstr("is paced"));
}

TEST_F(WhyStory, APauseIsNamed) {
  begin(vendor("rate = \"10/1s\"\n") + fan("p"), lists(500));
  story().pass(seconds(1));
  story().shell("INSERT INTO control (command, target) VALUES ('pause', 'v')");
  story().pass(seconds(2));
  EXPECT_THAT(why_a("ready"), HasSubstr("vendor v: vendor v is paused"));
  story().shell("INSERT INTO control (command, target) VALUES ('resume', 'v'), ('pause', 'p')");
  story().pass(seconds(2));
  EXPECT_THAT(why_a("ready"), HasSubstr("is held with its run: paused"));
}

TEST_F(WhyStory, WhatGoesOnIsSaidToo) {
  begin(vendor("rate = \"10/1s\"\n") + fan("p"), lists(500));
  story().pass(seconds(3));
  EXPECT_THAT(why("p"),
              MatchesRegex("run 1 of pipeline p goes on, as fast as it may; what bounds it is vendor v: "
                           "the rate 10/1s; until .*"));
}

TEST_F(WhyStory, WhatIsNotThereIsRefused) {
  begin(vendor("rate = \"10/1s\"\n") + fan("p"), lists(5));
  EXPECT_THAT(why("17000"), StartsWith("refused: there is no task, pipeline or vendor 17000"));
  EXPECT_THAT(why("1x"), StartsWith("refused"));
  EXPECT_THAT(why(""), StartsWith("refused"));
}

TEST_F(WhyStory, OfAClaimedTaskTheFinerLimitIsNamedToo) {
  begin(vendor("rate = \"100/1s\"\n[[vendor.v.limit]]\nmatch = { level = \"b\" }\nrate = \"3/1s\"\n") +
            fan("p"),
        lists(50));
  std::string answer;
  for (int i = 0; i < 20 && answer.find("is claimed and waits") == std::string::npos; ++i)
    answer = why_a("leased");
  EXPECT_THAT(answer, HasSubstr("is claimed and waits: vendor v: limit b (3/1s); until"));
}

}  // namespace
}  // namespace fanout
