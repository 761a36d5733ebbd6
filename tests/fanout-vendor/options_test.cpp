#include "options.h"

#include <gtest/gtest.h>

namespace fanout_vendor {
namespace {

using namespace std::chrono_literals;

TEST(Options, defaults_are_the_storys_tree) {
  const auto options = parse_options({});
  EXPECT_EQ(options.host, "127.0.0.1");
  EXPECT_EQ(options.port, 0);
  EXPECT_EQ(options.tree.troops, 400U);
  EXPECT_EQ(options.tree.warriors, 5000U);
  EXPECT_EQ(options.tree.groups, 25000U);
  EXPECT_TRUE(options.rates.empty());
  EXPECT_FALSE(options.concurrency);
  EXPECT_FALSE(options.run_for);
  EXPECT_TRUE(options.refused_count);
}

TEST(Options, scale_multiplies_and_keeps_at_least_one) {
  const auto options = parse_options({"--scale", "0.1"});
  EXPECT_EQ(options.tree.troops, 40U);
  EXPECT_EQ(options.tree.warriors, 500U);
  EXPECT_EQ(options.tree.groups, 2500U);
  EXPECT_EQ(parse_options({"--scale", "0.0001"}).tree.troops, 1U);
}

TEST(Options, repeated_options_add_up) {
  const auto options = parse_options({"--rate", "100/1s", "--rate=3000/1m", "--outage", "2s+1m:refuse",
                                      "--outage", "5m+1s", "--concurrency", "16", "--for", "30s"});
  ASSERT_EQ(options.rates.size(), 2U);
  EXPECT_EQ(options.rates[1].window, 1min);
  ASSERT_EQ(options.outages.size(), 2U);
  EXPECT_EQ(options.outages[0].mode, Outage::Mode::refuse);
  EXPECT_EQ(options.concurrency, 16U);
  EXPECT_EQ(*options.run_for, 30s);
}

TEST(Options, listen) {
  EXPECT_EQ(parse_options({"--listen", "0.0.0.0:8080"}).port, 8080);
  const auto six = parse_options({"--listen", "[::1]:65535"});
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 65535);
}

TEST(Options, prefix_loses_its_last_slash) {
  EXPECT_EQ(parse_options({"--prefix", "/santaba/rest/"}).tree.prefix, "/santaba/rest");
  EXPECT_EQ(parse_options({"--prefix", "/"}).tree.prefix, "");
}

TEST(Options, retry_after_forms) {
  const std::pair<const char*, RetryAfter> cases[] = {{"seconds", RetryAfter::seconds},
                                                      {"date", RetryAfter::date},
                                                      {"epoch", RetryAfter::epoch},
                                                      {"window", RetryAfter::window},
                                                      {"none", RetryAfter::none}};
  for (const auto& [text, form] : cases) EXPECT_EQ(parse_options({"--retry-after", text}).retry_after, form);
}

TEST(Options, bad_ones_say_so) {
  const std::vector<std::vector<std::string>> cases{{"--bogus"},
                                                    {"stray"},
                                                    {"--rate"},
                                                    {"--rate", "100"},
                                                    {"--troops", "0"},
                                                    {"--troops", "-1"},
                                                    {"--scale", "0"},
                                                    {"--fail-500", "1.1"},
                                                    {"--fail-500", "0.6", "--fail-reset", "0.6"},
                                                    {"--concurrency", "0"},
                                                    {"--listen", "8080"},
                                                    {"--listen", "localhost:8080"},
                                                    {"--listen", "127.0.0.1:65536"},
                                                    {"--prefix", "rest"},
                                                    {"--names", "rude"},
                                                    {"--retry-after", "later"},
                                                    {"--tls-cert", "/dev/null"},
                                                    {"--tls-cert", "/nowhere", "--tls-key", "/nowhere"}};
  for (const auto& arguments : cases) EXPECT_THROW(parse_options(arguments), BadOption) << arguments.front();
}

TEST(Options, help_names_every_option) {
  try {
    parse_options({"--help"});
    FAIL() << "no help";
  } catch (const HelpWanted& help) {
    for (const char* name : {"--rate", "--outage", "--big-ids", "--fail-stall", "--port-file", "--tls-key"}) {
      EXPECT_NE(help.text.find(name), std::string::npos) << name;
    }
  }
}

}  // namespace
}  // namespace fanout_vendor
