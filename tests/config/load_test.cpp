#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "config/loading.h"
#include "output/format.h"
#include "page/page_kind.h"
#include "support/row_name.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Load, LeavesEverythingElseAtItsDefault) {
  const Config config = load_text(around("", ""));
  EXPECT_EQ(config.keep, std::chrono::hours(7 * 24));
  EXPECT_EQ(config.log_level, Severity::info);
  const VendorSpec& vendor = config.vendors.at("v");
  EXPECT_EQ(vendor.auth.kind, "none");
  EXPECT_EQ(vendor.concurrency, 4);
  EXPECT_THAT(vendor.rates, IsEmpty());
  EXPECT_EQ(vendor.burst, 1);
  EXPECT_EQ(vendor.timeout, seconds(30));
  EXPECT_EQ(vendor.connect_timeout, seconds(10));
  EXPECT_EQ(vendor.body_limit, 16 * 1024 * 1024);
  EXPECT_EQ(vendor.retry, Retry{});
  const PipelineSpec& pipeline = config.pipelines.at("p");
  EXPECT_EQ(pipeline.schedule, std::nullopt);
  EXPECT_EQ(pipeline.weight, 1);
  EXPECT_THAT(pipeline.outputs, IsEmpty());
  EXPECT_EQ(pipeline.levels.at(0).max_items, 100'000);
}

TEST(Describe, NotesALevelThatAsksTheSameForEachItem) {
  const auto with_path = [](const std::string& path) {
    return describe(
        load_text("[vendor.v]\nbase_url = \"http://v.example\"\n[pipeline.p]\nvendor = \"v\"\n"
                  "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\nitems = \"$\"\nkeep = [\"id\"]\n"
                  "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"" +
                  path + "\"\n"),
        WallTime{});
  };
  EXPECT_THAT(with_path("/a/a.id"),
              testing::HasSubstr("names nothing of a, so each of its items asks for the same"));
  EXPECT_THAT(with_path("/a/{a.id}"), testing::Not(testing::HasSubstr("names nothing")));
}

TEST(Describe, SaysWhichRatesArePacedAndWhichAreQuotas) {
  const auto limits = [](const std::string& vendor) {
    return describe(load_text(around(vendor, "")), WallTime{});
  };
  EXPECT_THAT(limits("rate = [\"100/1s\", \"3000/1m\", \"65000/1d\"]"),
              testing::HasSubstr("; 100/1s, 3000/1m, paced evenly; 65000/1d as a quota\n"));
  EXPECT_THAT(limits("rate = \"65000/1d\""), testing::HasSubstr("; 65000/1d as a quota\n"));
  EXPECT_THAT(limits("rate = \"10/1s\"\nburst = 5"), testing::HasSubstr("; 10/1s, up to 5 at once\n"));
  EXPECT_THAT(limits("rate = \"10/1s\"\nadaptive = true"),
              testing::HasSubstr("; 10/1s, paced evenly; a lower limit is looked for\n"));
  EXPECT_THAT(limits(""), testing::HasSubstr("; no rate: the limit is looked for"));
}

TEST(Load, ReadsAScheduleWithoutATimeZoneInUtc) {
  const Config config = load_text(
      "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\n"
      "schedule = \"0 2 * * *\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n");
  EXPECT_EQ(config.pipelines.at("p").schedule, Schedule::parse("0 2 * * *", "UTC"));
}

struct AuthRow {
  const char* text;
  Auth expected;
  friend std::ostream& operator<<(std::ostream& out, const AuthRow& row) { return out << row.text; }
};
class AuthOf : public testing::TestWithParam<AuthRow> {};

TEST_P(AuthOf, IsUnderstood) {
  const Config config = load_text(around(std::string("auth = ") + GetParam().text, ""));
  EXPECT_EQ(config.vendors.at("v").auth, GetParam().expected) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AuthOf,
    testing::Values(AuthRow{R"({ kind = "none" })", Auth{}},
                    AuthRow{R"({ kind = "bearer", token = { credential = "t" } })",
                            Auth{"bearer", {}, {{"token", {SecretSource::Kind::credential, "t"}}}}},
                    AuthRow{
                        R"({ kind = "basic", user = "u", password = { file = "/run/p" } })",
                        Auth{"basic", {{"user", "u"}}, {{"password", {SecretSource::Kind::file, "/run/p"}}}}},
                    AuthRow{R"({ kind = "header", name = "X-Key", value = { env = "K" } })",
                            Auth{"header", {{"name", "X-Key"}}, {{"value", {SecretSource::Kind::env, "K"}}}}},
                    AuthRow{R"({ kind = "query", name = "key", value = { env = "K" } })",
                            Auth{"query", {{"name", "key"}}, {{"value", {SecretSource::Kind::env, "K"}}}}}),
    [](const auto& row) { return row_name(row.param.text, row.index); });

TEST(Load, UnderstandsTheRestOfAVendor) {
  const Config config = load_text(around(R"(
rate = "10/1s"
burst = 10
headers = { User-Agent = "x", Accept = "application/json", X-Version = 3 }
timeout = "5s"
body_limit = "1MiB"
)",
                                         ""));
  const VendorSpec& vendor = config.vendors.at("v");
  EXPECT_THAT(vendor.rates, ElementsAre(Rate{10, seconds(1)}));
  EXPECT_EQ(vendor.burst, 10);
  // In the order in which they are written, not in that of the alphabet.
  EXPECT_THAT(vendor.headers, ElementsAre(Pair("User-Agent", "x"), Pair("Accept", "application/json"),
                                          Pair("X-Version", "3")));
  EXPECT_EQ(vendor.connect_timeout, seconds(5)) << "never longer than the time limit of the whole request";
  EXPECT_EQ(vendor.body_limit, 1024 * 1024);
}

TEST(Describe, SaysWhenAScheduleIsNextDue) {
  const std::string schedule = "schedule = \"0 2 * * *\"\ntimezone = \"America/Chicago\"\n";
  const auto config =
      load_text("[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\n" + schedule +
                "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n");
  EXPECT_THAT(describe(config, from_unix_ms(1'795'651'200'000)),  // 2026-11-26T00:00:00Z
              testing::HasSubstr("0 2 * * * in America/Chicago, next due 2026-11-26T08:00:00"));
}

TEST(Load, UnderstandsTheRestOfALevel) {
  const Config config = load_text(around("", R"(
query = { limit = 100, deep = true }
headers = { X-Run = "{run.id}" }
page = { kind = "page", param = "page", first = 0, pages = "$.pages" }
items = "$[*]"
key = "$.uuid"
unique = "run"
max_items = 7
)"));
  const Level& level = config.pipelines.at("p").levels.at(0);
  EXPECT_EQ(level.query.at(0).second.text(), "100");
  EXPECT_EQ(level.query.at(1).second.text(), "true");
  EXPECT_EQ(level.headers.at(0).second.text(), "{run.id}");
  EXPECT_EQ(level.page.kind, page_kind("page"));
  EXPECT_EQ(level.page.first, 0);
  EXPECT_EQ(level.page.pages->text(), "$.pages");
  EXPECT_EQ(level.key.text(), "$.uuid");
  EXPECT_FALSE(level.key_is_default);
  EXPECT_TRUE(level.unique_in_run);
  EXPECT_EQ(level.max_items, 7);
}

TEST(Load, PutsTheRulesOfALevelBeforeThoseOfItsVendor) {
  const Config config = load_text(around(R"(
[[vendor.v.rule]]
when = "status = 404"
then = "dead"
)",
                                         R"(
[[pipeline.p.level.rule]]
when = "body->>'status' = 1401"
then = "snooze 60s"
[[pipeline.p.level.rule]]
when = "status = 404"
then = "skip"
)"));
  const std::vector<Rule>& rules = config.pipelines.at("p").levels.at(0).rules;
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].when, "body->>'status' = 1401");
  EXPECT_EQ(rules[0].then, Verdict::snooze);
  EXPECT_EQ(rules[0].snooze, seconds(60));
  EXPECT_EQ(rules[1].then, Verdict::skip);
  EXPECT_EQ(rules[2].then, Verdict::dead);
}

struct ThenRow {
  const char* rule;
  const char* described;
};

TEST(Load, UnderstandsHowLongARuleWaits) {
  const ThenRow rows[] = {
      {"then = \"skip\"", "status = 403 → skip"},
      {"then = \"snooze 60s\"", "status = 403 → snooze for 1m"},
      {"then = \"snooze\"\nwait = \"header('Retry-After')\"",
       "status = 403 → snooze for header('Retry-After')"},
      {"then = \"snooze 5s\"\nwait = \"body->>'again'\"",
       "status = 403 → snooze for body->>'again', else for 5 s"},
      {"then = \"hold\"", "status = 403 → hold the vendor for as long as it says"},
      {"then = \"hold 5s\"", "status = 403 → hold the vendor for 5 s"},
      {"then = \"hold\"\nwait = \"status\"", "status = 403 → hold the vendor for status, else as it says"},
  };
  for (const auto& [rule, described] : rows) {
    const std::string text = std::string("[[pipeline.p.level.rule]]\nwhen = \"status = 403\"\n") + rule;
    EXPECT_THAT(describe(load_text(around("", text)), WallTime{}), testing::HasSubstr(described)) << rule;
  }
}

TEST(Load, SaysWhatIsWrongWithARuleThatWaits) {
  const ThenRow rows[] = {
      {"then = \"snooze\"", "fanoutd.toml:11:8: \"snooze\" does not say how long"},
      {"then = \"snooze soon\"", "fanoutd.toml:11:8: \"soon\" is no duration"},
      {"then = \"hold 0s\"", "fanoutd.toml:11:8: \"0s\" is no duration"},
      {"then = \"hodl\"", "did you mean \"hold\"?"},
      {"then = \"skip\"\nwait = \"status\"", "fanoutd.toml:12:8: \"wait\" is for snooze and hold only"},
      {"then = \"hold\"\nwait = \"item\"", "fanoutd.toml:12:8: \"wait\": "},
      {"then = \"hold\"\nwait = \"header(\"", "fanoutd.toml:12:8: \"wait\": "},
      {"then = \"hold\"\nwiat = \"status\"", "did you mean \"wait\"?"},
  };
  for (const auto& [rule, wrong] : rows) {
    const std::string text = std::string("[[pipeline.p.level.rule]]\nwhen = \"status = 403\"\n") + rule;
    EXPECT_THAT(error_lines(load_config_text(around("", text), "fanoutd.toml")),
                ElementsAre(testing::HasSubstr(wrong)))
        << rule;
  }
}

TEST(Load, TakesAPipelineThatIsNowhereElseForASlip) {
  for (const char* section : {"output", "level"}) {
    const auto text = around("", "", std::string("[[pipeline.q2.") + section + "]]\nname = \"a\"\n");
    EXPECT_THAT(all_of(std::get<ConfigErrors>(load_config_text(text, "fanoutd.toml"))),
                testing::HasSubstr("[pipeline.q2] has no \"vendor\""))
        << "nothing is near";
  }
  std::string text = around("", "", "[[pipeline.monitorng.output]]\nlevel = \"a\"\nto = \"a.ndjson\"\n");
  for (auto at = text.find("pipeline.p"); at != std::string::npos; at = text.find("pipeline.p", at + 1)) {
    text.replace(at, 10, "pipeline.monitoring");
  }
  EXPECT_THAT(error_lines(load_config_text(text, "fanoutd.toml")),
              ElementsAre(testing::HasSubstr("did you mean \"monitoring\"?")));
}

TEST(Load, PutsParentsBeforeChildrenInWhateverOrderTheyAreWritten) {
  const Config config = load_text(around("", "items = \"$\"", R"(
[[pipeline.p.level]]
name = "leaf"
parent = "middle"
path = "/{a}/{middle}"
[[pipeline.p.level]]
name = "middle"
parent = "a"
path = "/{a}"
items = "$"
[[pipeline.p.level]]
name = "other"
parent = "a"
path = "/other/{a}"
[[pipeline.p.level]]
name = "second"
path = "/second"
)"));
  const std::vector<Level>& levels = config.pipelines.at("p").levels;
  std::vector<std::string> seen;
  for (const Level& level : levels) {
    const std::string parent =
        level.parent < 0 ? "-" : levels.at(static_cast<std::size_t>(level.parent)).name;
    seen.push_back(level.name + " below " + parent + " at " + std::to_string(level.depth));
  }
  EXPECT_THAT(seen, ElementsAre("a below - at 0", "middle below a at 1", "other below a at 1",
                                "second below - at 0", "leaf below middle at 2"));
  EXPECT_THAT(levels[0].children, ElementsAre(1, 2));
  EXPECT_THAT(levels[1].children, ElementsAre(4));
}

struct EndingRow {
  const char* to;
  bool one_file_per_answer;
  OutputSpec::Compression compression;
  friend std::ostream& operator<<(std::ostream& out, const EndingRow& row) { return out << row.to; }
};
class EndingOf : public testing::TestWithParam<EndingRow> {};

TEST_P(EndingOf, SaysFormatAndCompression) {
  const auto& [to, one_file_per_answer, compression] = GetParam();
  const Config config =
      load_text(around("", "", std::string("[[pipeline.p.output]]\nlevel = \"a\"\nto = \"") + to + "\"\n"));
  const OutputSpec& output = config.pipelines.at("p").outputs.at(0);
  EXPECT_EQ(output.format->one_file_per_answer(), one_file_per_answer) << to;
  EXPECT_EQ(output.compression, compression) << to;
}

INSTANTIATE_TEST_SUITE_P(All, EndingOf,
                         testing::Values(EndingRow{"x.json", true, OutputSpec::Compression::none},
                                         EndingRow{"x.json.gz", true, OutputSpec::Compression::gzip},
                                         EndingRow{"x.json.zst", true, OutputSpec::Compression::zstd},
                                         EndingRow{"x.ndjson", false, OutputSpec::Compression::none},
                                         EndingRow{"x.ndjson.gz", false, OutputSpec::Compression::gzip},
                                         EndingRow{"x.ndjson.zst", false, OutputSpec::Compression::zstd}),
                         [](const auto& row) { return row_name(row.param.to, row.index); });

TEST(Load, LetsOutputsNameVarsAndTheRun) {
  const Config config = load_text(
      "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\nvars = { region = \"eu\", "
      "n = 7 }\n"
      "[[pipeline.p.level]]\nname = \"a\"\npath = \"/{vars.region}\"\n"
      "[[pipeline.p.output]]\nlevel = \"a\"\nto = \"{vars.n}/{run.id}.ndjson\"\n");
  EXPECT_EQ(config.pipelines.at("p").vars.at("n"), "7");
}

// ---- where the environment has a say

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Load, TakesTheStateDirectoryFromSystemdWhereNoneIsConfigured) {
  {
    const Variable none("STATE_DIRECTORY", nullptr);
    EXPECT_EQ(load_text(around("", "")).state_dir, "fanoutd.state");
  }
  const Variable given("STATE_DIRECTORY", "/var/lib/fanoutd:/var/lib/other");
  EXPECT_EQ(load_text(around("", "")).state_dir, "/var/lib/fanoutd");
  EXPECT_EQ(load_text("state_dir = \"/srv/f\"\n" + around("", "")).state_dir, "/srv/f");
}

TEST(Load, LogsForTheJournalWhereStandardErrorLeadsThere) {
  {
    const Variable none("JOURNAL_STREAM", nullptr);
    EXPECT_EQ(load_text(around("", "")).log_format, LogFormat::text);
  }
  const Variable given("JOURNAL_STREAM", "8:1234");
  EXPECT_EQ(load_text(around("", "")).log_format, LogFormat::journal);
  const Config config = load_text("[log]\nformat = \"json\"\nlevel = \"debug\"\n" + around("", ""));
  EXPECT_EQ(config.log_format, LogFormat::json);
  EXPECT_EQ(config.log_level, Severity::debug);
}

}  // namespace
}  // namespace fanout
