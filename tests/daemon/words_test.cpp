#include "daemon/fanoutctl/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace fanout {
namespace {

using testing::HasSubstr;

struct Slip {
  std::vector<const char*> words;
  const char* says;
};

TEST(Words, ThatAreNoVerbAreNamedWithTheOneThatWasMeant) {
  const Slip slips[] = {
      {{"pasue", "x"}, "there is no \"fanoutctl pasue\"\n  did you mean \"pause\"?"},
      {{"--json", "statsu"}, "did you mean \"status\"?"},
      {{"explode"}, "there is: fanoutctl status, runs, stuck, plan, why, start, cancel, pause, resume or dead"},
      {{}, "what is to be done is missing\n  there is: fanoutctl status, "},
      {{"dead"}, "what is to be done is missing\n  there is: fanoutctl dead list, show, redrive or drop"},
      {{"dead", "redirve", "all"}, "there is no \"fanoutctl dead redirve\"\n  did you mean \"redrive\"?"},
      {{"redrive", "all"}, "there is no \"fanoutctl redrive\"\n  did you mean \"dead redrive\"?"},
      {{"start"}, "PIPELINE is required"},
  };
  for (const auto& [given, says] : slips) {
    std::vector<const char*> words{"fanoutctl"};
    words.insert(words.end(), given.begin(), given.end());
    testing::internal::CaptureStderr();
    const auto read = words_from(static_cast<int>(words.size()), words.data());
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(says));
    ASSERT_TRUE(std::holds_alternative<int>(read)) << says;
    EXPECT_EQ(std::get<int>(read), 2) << says;
  }
}

TEST(Words, MayHaveTheirOptionsAnywhere) {
  const char* words[] = {"fanoutctl", "dead", "redrive", "run/17", "--json"};
  const auto read = words_from(5, words);
  ASSERT_TRUE(std::holds_alternative<Words>(read));
  EXPECT_EQ(std::get<Words>(read).verb, "dead redrive");
  EXPECT_EQ(std::get<Words>(read).target, "run/17");
  EXPECT_TRUE(std::get<Words>(read).json);
}

TEST(Words, OfAPlanMayStandBeforeItsPipeline) {
  const char* words[] = {"fanoutctl", "plan",         "--if",       "rate=20/1s",
                         "--if",      "rate=1000/1d", "monitoring", "--json"};
  const auto read = words_from(8, words);
  ASSERT_TRUE(std::holds_alternative<Words>(read));
  EXPECT_EQ(std::get<Words>(read).pipeline, "monitoring");
  EXPECT_EQ(std::get<Words>(read).assumed, (std::vector<std::string>{"rate=20/1s", "rate=1000/1d"}));
  EXPECT_TRUE(std::get<Words>(read).json);
}

}  // namespace
}  // namespace fanout
