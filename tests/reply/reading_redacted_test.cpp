// What is said about a reply holds no secret that the vendor repeats, wherever it repeats it.
#include <gtest/gtest.h>

#include "reply/read_case.h"

namespace fanout {
namespace {

TEST(ReadingRedacted, BeforeItIsCut) {
  const std::string secret = "5ecr3t/of the vendor";
  const std::string said = "5ecr3t\\/of%20the+vendor";
  for (std::size_t before = 0; before < 210; ++before) {
    const auto text = std::string(before, 'x') + said;
    ReadCase refused(text, 403);
    ReadCase no_json(text);
    ReadCase html("<" + text);
    ReadCase other_fields("{\"" + std::string(before % 40, 'x') + secret + "\":1}");
    ReadCase fault;
    fault.reply.fault = Fault::bad_protocol;
    fault.reply.detail = "its Content-Encoding is " + text;
    for (auto* reply : {&refused, &no_json, &html, &other_fields, &fault}) {
      reply->redactor = Redactor({Secret(secret)});
      const auto detail = reply->read().facts.detail;
      EXPECT_EQ(detail.find("5e"), std::string::npos) << detail;
    }
  }
}

TEST(ReadingRedacted, InTheNamesOfLimitsAndInNonsense) {
  const std::string secret = "5ecr3t/of the vendor";
  for (std::size_t before = 150; before < 210; ++before) {
    ReadCase reply;
    reply.redactor = Redactor({Secret(secret)});
    const auto text = std::string(before, 'x') + secret;
    reply.reply.headers = {{"x-ratelimit-bucket", text},
                           {"x-ratelimit-remaining", "7"},
                           {"x-ratelimit-reset", text},
                           {"ratelimit", "\"" + text + "\";r=7"}};
    const auto told = reply.read().told;
    ASSERT_EQ(told.limits.size(), 2U);
    ASSERT_EQ(told.nonsense.size(), 1U);
    for (const auto& said : {told.limits[0].name, told.limits[1].name, told.nonsense[0].text})
      EXPECT_EQ(said.find("5e"), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace fanout
