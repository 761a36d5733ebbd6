#include "reply/clean_text.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Text, IsCleanedOfWhatNoJsonParserTakes) {
  struct Row {
    const char* body;
    std::optional<std::string> text;
  };
  for (const auto& [body, text] : {
           Row{"", std::nullopt},
           Row{R"({"a":"b\n\u00e9"})", std::nullopt},
           Row{R"(["\ud83d\ude00"])", std::nullopt},
           Row{R"(["\\ud83d"])", std::nullopt},
           Row{"\xEF\xBB\xBF{}", "{}"},
           Row{"{\xEF\xBB\xBF}", std::nullopt},
           Row{R"(["\ud83d"])", R"(["\ufffd"])"},
           Row{R"(["\uDE00\ud83d"])", R"(["\ufffd\ufffd"])"},
           Row{R"(["\ud83d\ud83d\ude00 \udE00x"])", R"(["\ufffd\ud83d\ude00 \ufffdx"])"},
           Row{R"(["\\\ud83d"])", R"(["\\\ufffd"])"},
           Row{R"("\ud83)", std::nullopt},
           Row{"\xEF\xBB\xBF[\"\\uDFFF\"]", "[\"\\ufffd\"]"},
       }) {
    EXPECT_EQ(cleaned(body), text) << body;
  }
}

}  // namespace
}  // namespace fanout
