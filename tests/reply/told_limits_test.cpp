#include "reply/told_limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reply/limit_rows.h"

namespace fanout {
namespace {

using testing::ElementsAre;

// What no reader can know from the reply's headers. Everything else of these rows is read.
struct Undecidable {
  const char* api;
  const char* column;
  const char* why;
};
constexpr const char* kDocs = "how long the window is stands in the vendor's documentation only";
constexpr const char* kMs =
    "nothing says that the reset is in milliseconds; read as seconds it only waits longer";
constexpr const char* kBody = "only the body tells: see [vendor.X.told]";
constexpr Undecidable kUndecidable[] = {
    {"Zendesk", "window", kDocs},
    {"PagerDuty", "window", kDocs},
    {"Okta", "window", kDocs},
    {"X (Twitter) v2", "window", kDocs},
    {"X (Twitter) v1.1", "window", kDocs},
    {"Azure API Management sample", "window", kDocs},
    {"Groq", "window", kDocs},
    {"Hyperline", "window", kDocs},
    {"turn.io WhatsApp", "window", kDocs},
    {"HipChat", "window", kDocs},
    {"Akamai Cloudlets", "window", kDocs},
    {"ServiceNow", "window", kDocs},
    {"Cloudflare API (older doc)", "window", kDocs},
    {"SkuVault", "window", kDocs},
    {"SkuVault", "reset", kMs},
    {"Tiendanube / Nuvemshop", "reset", kMs},
    {"Shopify GraphQL", "limit", kBody},
    {"Shopify GraphQL", "remaining", kBody},
    {"Shopify GraphQL", "reset", kBody},
};

bool is_undecidable(const LimitRow& row, const std::string& column) {
  return std::ranges::any_of(kUndecidable,
                             [&](const auto& u) { return row.api == u.api && column == u.column; });
}

std::optional<double> in_seconds(std::optional<milliseconds> time) {
  return time ? std::optional(static_cast<double>(time->count()) / 1000) : std::nullopt;
}

void expect_value(const LimitRow& row, const std::string& column, std::optional<double> expected,
                  std::optional<double> read) {
  if (!expected) return;
  if (is_undecidable(row, column)) {
    EXPECT_NE(read, expected) << row.api << ": the " << column << " is read after all";
    return;
  }
  ASSERT_TRUE(read) << row.api << " tells no " << column;
  EXPECT_NEAR(*read, *expected, 0.0011) << row.api << " " << column;
}

TEST(ToldLimits, AreReadFromEveryRealReply) {
  const auto rows = limit_rows();
  EXPECT_EQ(rows.size(), 131U);
  for (const auto& row : rows) {
    std::string headers;
    for (const auto& [name, value] : row.headers) headers += name + ": " + value + " | ";
    SCOPED_TRACE(headers);
    auto now = row.date.value_or(kNowOfRows);
    if (!row.date && row.reset_at) now = from_unix_ms((*row.reset_at - 30) * 1000);
    const auto told = read_told_limits(row.status, row.headers, now);
    const auto* binds = tightest(told.limits);
    const ToldLimit nothing;
    const auto& limit = binds == nullptr ? nothing : *binds;
    expect_value(row, "limit", row.limit, limit.limit);
    // Used more than the limit is nothing left, not less.
    const auto left = row.remaining ? std::optional(std::max(*row.remaining, 0.0)) : std::nullopt;
    expect_value(row, "remaining", left,
                 limit.remaining ? std::optional(static_cast<double>(*limit.remaining)) : std::nullopt);
    expect_value(row, "reset", row.reset_in, in_seconds(limit.reset_in));
    if (!row.reset_in && !row.date && row.reset_at)
      expect_value(row, "reset", 30, in_seconds(limit.reset_in));
    expect_value(row, "window", row.window, in_seconds(limit.window));
    expect_value(row, "retry_after", row.retry_after, in_seconds(told.retry_after));
  }
}

std::string text_of(const ToldLimit& limit) {
  std::string text = limit.name;
  const auto add = [&](const char* name, std::optional<double> value) {
    if (value) text += fmt::format(" {}={:g}", name, *value);
  };
  add("limit", limit.limit);
  if (limit.remaining) add("left", static_cast<double>(*limit.remaining));
  add("reset", in_seconds(limit.reset_in));
  add("window", in_seconds(limit.window));
  return limit.of_requests ? text : text + " of something else";
}

std::vector<std::string> limits_in(const HeaderList& headers, int status = 200) {
  std::vector<std::string> texts;
  for (const auto& limit : read_told_limits(status, headers, kNowOfRows).limits)
    texts.push_back(text_of(limit));
  return texts;
}

TEST(ToldLimits, AreAllThatAReplyTells) {
  EXPECT_THAT(limits_in({{"ratelimit-limit", "10, 10;w=1, 50;w=60, 5000;w=86400"},
                         {"ratelimit-remaining", "9"},
                         {"ratelimit-reset", "1"}}),
              ElementsAre("ratelimit limit=10 left=9 reset=1 window=1", "ratelimit limit=50 window=60",
                          "ratelimit limit=5000 window=86400"));
  EXPECT_THAT(limits_in({{"ratelimit-policy", R"("hour";q=1000;w=3600, "day";q=5000;w=86400)"},
                         {"ratelimit", R"("day";r=100;t=36000)"}}),
              ElementsAre("ratelimit hour limit=1000 window=3600",
                          "ratelimit day limit=5000 left=100 reset=36000 window=86400"));
  EXPECT_THAT(limits_in({{"x-ratelimit-limit-requests", "500"},
                         {"x-ratelimit-limit-tokens", "90000"},
                         {"x-ratelimit-remaining-requests", "499"},
                         {"x-ratelimit-remaining-tokens", "89950"},
                         {"x-ratelimit-reset-requests", "12s"},
                         {"x-ratelimit-reset-tokens", "6m0s"}}),
              ElementsAre("x-ratelimit requests limit=500 left=499 reset=12",
                          "x-ratelimit tokens limit=90000 left=89950 reset=360 of something else"));
  EXPECT_THAT(
      limits_in({{"x-ratelimit-limit", "100, 1000"},
                 {"x-ratelimit-remaining", "7, 900"},
                 {"x-ratelimit-reset", "5, 500"}}),
      ElementsAre("x-ratelimit limit=100 left=7 reset=5", "x-ratelimit #2 limit=1000 left=900 reset=500"));
  EXPECT_THAT(limits_in({{"x-ratelimit-resource", "search"}, {"x-ratelimit-remaining", "9"}}),
              ElementsAre("x-ratelimit search left=9"));
}

TEST(ToldLimits, AreAbsentWhereNothingTellsOfThem) {
  EXPECT_THAT(limits_in({{"content-type", "text/html"},
                         {"stripe-rate-limited-reason", "global-rate"},
                         {"x-ratelimit-scope", "user"},
                         {"x-ratelimit-replenish-rate", "10"},
                         {"docker-ratelimit-source", "192.0.2.1"},
                         {"x-content-limits", "7"}}),
              ElementsAre());
}

// Our clock is five hours ahead; the reply's own Date says by how much.
TEST(ToldLimits, AreByTheVendorsClockWhereItTellsIt) {
  const auto reset_of = [](const HeaderList& headers) {
    return read_told_limits(200, headers, kNowOfRows + std::chrono::hours(5)).limits.at(0).reset_in;
  };
  const HeaderList date{{"date", "Mon, 01 Jan 2024 00:00:00 GMT"}};
  const auto at = std::to_string(unix_ms(kNowOfRows) / 1000 + 40);
  for (const auto& [name, value] : HeaderList{{"x-ratelimit-reset", at},
                                              {"x-ratelimit-reset", at + "000"},
                                              {"x-ratelimit-reset", "2024-01-01T00:00:40Z"},
                                              {"ratelimit-resettime", "Mon, 01 Jan 2024 00:00:40 GMT"}}) {
    HeaderList headers = date;
    headers.emplace_back(name, value);
    EXPECT_EQ(reset_of(headers), seconds(40)) << value;
    EXPECT_EQ(reset_of({{name, value}}), seconds(0)) << "no Date: it is over, for all that we know";
  }
  EXPECT_EQ(reset_of({{"x-ratelimit-reset", at}, {"x-ratelimit-reset-after", "7"}}), seconds(7))
      << "no clock has a say in that";
}

struct NonsenseRow {
  const char* header;
  std::string value;
  Nonsense::Of of;
};

TEST(ToldLimits, LeaveOutNonsenseAndCountIt) {
  using Of = Nonsense::Of;
  const std::string long_one(10'000, '9');
  const NonsenseRow rows[] = {
      {"x-ratelimit-limit", "-1", Of::limit},
      {"x-ratelimit-limit", "9223372036854775808", Of::limit},
      {"x-ratelimit-limit", "100 requests", Of::limit},
      {"x-ratelimit-limit", "٣٤", Of::limit},
      {"x-ratelimit-limit", long_one, Of::limit},
      {"x-ratelimit-remaining", "-1", Of::remaining},
      {"x-ratelimit-remaining", "-9223372036854775809", Of::remaining},
      {"x-ratelimit-remaining", "18446744073709551616", Of::remaining},
      {"x-ratelimit-remaining", "nan", Of::remaining},
      {"x-ratelimit-remaining", "1e3", Of::remaining},
      {"x-ratelimit-reset", "-7", Of::reset},
      {"x-ratelimit-reset", "9223372036854775808", Of::reset},
      {"x-ratelimit-reset", "9999999", Of::reset},
      {"x-ratelimit-reset", "Fri, 31 Dec 9999 23:59:59 GMT", Of::reset},
      {"x-ratelimit-reset", "soon", Of::reset},
      {"x-ratelimit-reset", std::string(4000, '9'), Of::reset},
      {"x-ratelimit-reset-after", "5 s", Of::reset},
      {"x-rate-limit-window", "0", Of::window},
      {"x-rate-limit-window", "-60", Of::window},
      {"x-rate-limit-window", "fortnight", Of::window},
      {"retry-after", "later", Of::retry_after},
      {"retry-after", "-5", Of::retry_after},
      {"ratelimit", "\"a\";r=-3;t=5", Of::remaining},
      {"ratelimit", "\"a\";r=3;t=-5", Of::reset},
      {"ratelimit-policy", "\"a\";q=many;w=60", Of::limit},
  };
  for (const auto& row : rows) {
    const auto told = read_told_limits(200, {{row.header, row.value}}, kNowOfRows);
    ASSERT_EQ(told.nonsense.size(), 1U) << row.header << ": " << row.value.substr(0, 60);
    EXPECT_EQ(told.nonsense[0].of, row.of) << row.header << ": " << row.value.substr(0, 60);
    for (const auto& limit : told.limits) EXPECT_FALSE(limit.limit || limit.remaining == 0) << text_of(limit);
  }
}

TEST(ToldLimits, ANegativeRestIsNothingLeftOnARefusalOnly) {
  EXPECT_THAT(limits_in({{"x-ratelimit-remaining", "-1"}}, 200), ElementsAre());
  EXPECT_THAT(limits_in({{"x-ratelimit-remaining", "-1"}}, 429), ElementsAre("x-ratelimit left=0"));
}

TEST(ToldLimits, WordsForNoLimitAreNoNonsense) {
  const auto told = read_told_limits(200, {{"x-ratelimit-remaining", "unlimited"}}, kNowOfRows);
  EXPECT_TRUE(told.limits.empty());
  EXPECT_TRUE(told.nonsense.empty());
}

TEST(ToldLimits, AsManyAsAVendorLikesCostNoMoreThanAFew) {
  std::string list;
  for (int i = 0; i < 800; ++i) list += "1;w=" + std::to_string(i + 1) + ",";
  EXPECT_LE(limits_in({{"ratelimit-policy", list.substr(0, 4000)}}).size(), 64U);
  HeaderList headers;
  for (int i = 0; i < 250; ++i) headers.emplace_back("x-ratelimit-remaining-" + std::to_string(i), "1");
  EXPECT_LE(limits_in(headers).size(), 64U);
}

}  // namespace
}  // namespace fanout
