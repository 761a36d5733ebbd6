#include "http/inflate.h"

#include <gtest/gtest.h>

#include "http/deflated.h"

namespace fanout {
namespace {

constexpr std::int64_t kPlenty = 1 << 30;

struct Inflated {
  Inflater::Result result = Inflater::Result::good;
  std::string text;
  bool complete = false;
};

Inflated inflated(const std::string& bytes, Coding coding, std::size_t step, std::int64_t limit = kPlenty) {
  Inflater inflater(coding, limit);
  Inflated end;
  for (std::size_t at = 0; at < bytes.size() && end.result == Inflater::Result::good; at += step)
    end.result = inflater.feed(std::string_view(bytes).substr(at, step), &end.text);
  end.complete = inflater.complete();
  return end;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

TEST(Inflate, EveryFormComesOutAsItWentInHoweverItIsCut) {
  const struct {
    const char* what;
    Coding coding;
    int window_bits;
  } kForms[] = {{"gzip", Coding::gzip, kGzip},
                {"deflate, as the standard says", Coding::deflate, kZlib},
                {"deflate without zlib's header", Coding::deflate, kRawDeflate}};
  for (const auto& form : kForms) {
    for (const auto& text : {std::string(), std::string("x"), std::string("{\"a\":1}"), long_text()}) {
      const auto bytes = deflated(text, form.window_bits);
      for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{1000}, bytes.size()}) {
        const auto end = inflated(bytes, form.coding, step);
        EXPECT_EQ(end.result, Inflater::Result::good) << form.what << ", " << step << " at a time";
        EXPECT_TRUE(end.complete) << form.what << ", " << step << " at a time";
        EXPECT_EQ(end.text, text) << form.what << ", " << step << " at a time";
      }
    }
  }
}

TEST(Inflate, SeveralMembersAreOneBodyAndZerosMayPadIt) {
  const auto bytes =
      deflated("one ", kGzip) + deflated("", kGzip) + deflated("two", kGzip) + std::string(7, '\0');
  for (const std::size_t step : {std::size_t{1}, std::size_t{5}, bytes.size()}) {
    const auto end = inflated(bytes, Coding::gzip, step);
    EXPECT_EQ(end.text, "one two");
    EXPECT_TRUE(end.complete);
    EXPECT_EQ(end.result, Inflater::Result::good);
  }
}

TEST(Inflate, WhatDoesNotInflateIsBroken) {
  auto wrong_sum = deflated("{\"a\":1}", kGzip);
  wrong_sum[wrong_sum.size() - 6] = static_cast<char>(wrong_sum[wrong_sum.size() - 6] ^ 1);
  const struct {
    const char* what;
    Coding coding;
    std::string bytes;
  } kBroken[] = {{"JSON", Coding::gzip, "{\"a\":1}"},
                 {"a wrong sum", Coding::gzip, wrong_sum},
                 {"rubbish behind it", Coding::gzip, deflated("x", kGzip) + "rubbish"},
                 {"rubbish behind it", Coding::deflate, deflated("x", kZlib) + "rubbish"}};
  for (const auto& broken : kBroken)
    EXPECT_EQ(inflated(broken.bytes, broken.coding, 3).result, Inflater::Result::broken) << broken.what;
  // Without zlib's header nearly everything could be the beginning of something.
  EXPECT_FALSE(inflated("{\"a\":1}", Coding::deflate, 3).complete);
}

TEST(Inflate, WhatEndsTooEarlyIsNotComplete) {
  for (const int form : {kGzip, kZlib, kRawDeflate}) {
    const auto whole = deflated("{\"a\":1}", form);
    const auto coding = form == kGzip ? Coding::gzip : Coding::deflate;
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_FALSE(inflated(whole.substr(0, size), coding, size).complete) << size << " of " << whole.size();
  }
}

TEST(Inflate, NothingAtAllIsAnEmptyBody) { EXPECT_TRUE(inflated("", Coding::gzip, 1).complete); }

TEST(Inflate, TheLimitIsOnWhatComesOut) {
  const auto bytes = deflated(std::string(1000, 'x'), kGzip);
  EXPECT_EQ(inflated(bytes, Coding::gzip, bytes.size(), 1000).result, Inflater::Result::good);
  EXPECT_EQ(inflated(bytes, Coding::gzip, bytes.size(), 999).result, Inflater::Result::too_large);
}

TEST(Inflate, ABombIsGivenUpAtTheLimit) {
  const auto bomb = deflated(std::string(64 << 20, '\0'), kGzip);
  ASSERT_LT(bomb.size(), 100'000U);
  const auto end = inflated(bomb, Coding::gzip, bomb.size(), 1 << 20);
  EXPECT_EQ(end.result, Inflater::Result::too_large);
  EXPECT_LE(end.text.size(), 1U << 20U);
}

TEST(Inflate, TheLimitHoldsOverAllMembers) {
  const auto one = deflated(std::string(1000, 'x'), kGzip);
  std::string many;
  for (int i = 0; i < 100; ++i) many += one;
  EXPECT_EQ(inflated(many, Coding::gzip, many.size(), 99'999).result, Inflater::Result::too_large);
  EXPECT_EQ(inflated(many, Coding::gzip, many.size(), 100'000).result, Inflater::Result::good);
}

TEST(Inflate, CodingsAreKnownByAllTheirNames) {
  EXPECT_EQ(coding_of(""), Coding::identity);
  EXPECT_EQ(coding_of("Identity"), Coding::identity);
  EXPECT_EQ(coding_of("gzip"), Coding::gzip);
  EXPECT_EQ(coding_of("X-GZIP"), Coding::gzip);
  EXPECT_EQ(coding_of("deflate"), Coding::deflate);
  EXPECT_EQ(coding_of("gzip, gzip"), Coding::gzip);
  EXPECT_EQ(coding_of(" identity , gzip ,,"), Coding::gzip);
  EXPECT_EQ(coding_of("utf-8"), Coding::identity);
  EXPECT_EQ(coding_of("none"), Coding::identity);
  for (const char* undoable : {"br", "zstd", "gzip, br", "compress", "gzip, deflate"})
    EXPECT_EQ(coding_of(undoable), std::nullopt) << undoable;
}

}  // namespace
}  // namespace fanout
