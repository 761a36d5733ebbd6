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

}  // namespace
}  // namespace fanout
