#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr char kDesign[] = R"(
state_dir = "/var/lib/fanoutd"

[vendor.oracle]
base_url    = "https://oracle.example/santaba/rest/"
auth        = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
concurrency = 16
rate        = ["100/1s", "3000/1m", "65000/1d"]
timeout     = "30s"
retry       = { attempts = 5, base = "1s", cap = "5m" }

[pipeline.monitoring]
vendor   = "oracle"
schedule = "0 2 * * *"
timezone = "America/Chicago"

[[pipeline.monitoring.level]]
name  = "troop"
path  = "/device/groups"
page  = { kind = "offset", param = "offset", size_param = "size", size = 1000, total = "$.total" }
items = "$.items"
keep  = ["id", "name"]

[[pipeline.monitoring.level]]
name   = "warrior"
parent = "troop"
path   = "/device/groups/{troop.id}/devices"
items  = "$.items"
keep   = ["id", "name"]
where  = "item->>'status' <> 'decommissioned'"

[[pipeline.monitoring.level]]
name   = "group"
parent = "warrior"
path   = "/device/devices/{warrior.id}/devicedatasources"
items  = "$.items"
keep   = ["id", "name"]

[[pipeline.monitoring.level]]
name   = "data"
parent = "group"
path   = "/device/devices/{warrior.id}/devicedatasources/{group.id}/data"
query  = { start = "{run.since}", end = "{run.at}" }

[[pipeline.monitoring.output]]
level = "data"
to    = "raw/{run.date}/{troop.name}/{warrior.name}/{group.id}.json"

[[pipeline.monitoring.output]]
level  = "data"
to     = "processed/{run.date}/data.ndjson.zst"
select = """SELECT parents->>'$.warrior.name' AS warrior, t.value AS at, v.value AS cpu
            FROM json_each(body, '$.time') t JOIN json_each(body, '$.values') v ON v.key = t.key"""
)";

// A configuration around what a test is about.
std::string around(const std::string& vendor, const std::string& level, const std::string& more = "") {
  return "[vendor.v]\nbase_url = \"https://v.example\"\n" + vendor +
         "\n[pipeline.p]\nvendor = \"v\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n" + level +
         "\n" + more;
}

std::string all_of(const ConfigErrors& errors) {
  std::string text;
  for (const ConfigError& error : errors) text += error.text() + "\n";
  return text;
}

Config good(const std::variant<Config, ConfigErrors>& loaded) {
  const auto* errors = std::get_if<ConfigErrors>(&loaded);
  EXPECT_EQ(errors, nullptr) << all_of(*errors);
  return errors == nullptr ? std::get<Config>(loaded) : Config{};
}
Config load_text(const std::string& text) { return good(load_config_text(text, "fanoutd.toml")); }

std::vector<std::string> error_lines(const std::variant<Config, ConfigErrors>& loaded) {
  std::vector<std::string> lines;
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    for (const ConfigError& error : *errors) lines.push_back(error.text());
  }
  return lines;
}

// ---- what is written is understood

TEST(Load, UnderstandsTheVendorOfTheDesign) {
  const Config config = load_text(kDesign);
  const VendorSpec& vendor = config.vendors.at("oracle");
  EXPECT_EQ(vendor.name, "oracle");
  EXPECT_EQ(vendor.base_url, (BaseUrl{true, "oracle.example", "443", "/santaba/rest"}));
  EXPECT_EQ(vendor.auth, (Auth{Auth::Kind::bearer, "", {SecretSource::Kind::env, "ORACLE_TOKEN"}}));
  EXPECT_EQ(vendor.concurrency, 16);
  EXPECT_THAT(vendor.rates, ElementsAre(Rate{100, seconds(1)}, Rate{3000, std::chrono::minutes(1)},
                                        Rate{65000, std::chrono::hours(24)}));
  EXPECT_EQ(vendor.timeout, seconds(30));
  EXPECT_EQ(vendor.retry, (Retry{5, seconds(1), std::chrono::minutes(5)}));
}

TEST(Load, UnderstandsTheLevelsOfTheDesign) {
  const Config config = load_text(kDesign);
  const PipelineSpec& pipeline = config.pipelines.at("monitoring");
  EXPECT_EQ(pipeline.vendor, "oracle");
  EXPECT_EQ(pipeline.schedule, Schedule::parse("0 2 * * *", "America/Chicago"));
  ASSERT_EQ(pipeline.levels.size(), 4U);

  const Level& troop = pipeline.levels[0];
  EXPECT_EQ(troop.page.kind, Page::Kind::offset);
  EXPECT_EQ(troop.page.param, "offset");
  EXPECT_EQ(troop.page.size_param, "size");
  EXPECT_EQ(troop.page.size, 1000);
  EXPECT_EQ(troop.page.total->text(), "$.total");
  EXPECT_EQ(troop.items->text(), "$.items");
  EXPECT_THAT(troop.keep, ElementsAre("id", "name"));
  EXPECT_EQ(troop.key.text(), "$.id");
  EXPECT_TRUE(troop.key_is_default);

  EXPECT_EQ(pipeline.levels[1].path.text(), "/device/groups/{troop.id}/devices");
  EXPECT_EQ(pipeline.levels[1].where, "item->>'status' <> 'decommissioned'");

  const Level& data = pipeline.levels[3];
  EXPECT_EQ(data.depth, 3);
  EXPECT_FALSE(data.items);
  ASSERT_EQ(data.query.size(), 2U);
  EXPECT_EQ(data.query[0].first, "start");
  EXPECT_EQ(data.query[0].second.text(), "{run.since}");
}

TEST(Load, UnderstandsTheOutputsOfTheDesign) {
  const Config config = load_text(kDesign);
  const std::vector<OutputSpec>& outputs = config.pipelines.at("monitoring").outputs;
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_TRUE(outputs[0].one_file_per_answer);
  EXPECT_EQ(outputs[0].format, OutputSpec::Format::json);
  EXPECT_EQ(outputs[0].compression, OutputSpec::Compression::none);
  EXPECT_EQ(outputs[0].to.text(), "raw/{run.date}/{troop.name}/{warrior.name}/{group.id}.json");
  EXPECT_FALSE(outputs[1].one_file_per_answer);
  EXPECT_EQ(outputs[1].format, OutputSpec::Format::ndjson);
  EXPECT_EQ(outputs[1].compression, OutputSpec::Compression::zstd);
  EXPECT_TRUE(outputs[1].select.starts_with("SELECT parents"));
  EXPECT_EQ(outputs[1].roll, 256 * 1024 * 1024);
}

TEST(Load, LeavesEverythingElseAtItsDefault) {
  const Config config = load_text(around("", ""));
  EXPECT_EQ(config.keep, std::chrono::hours(7 * 24));
  EXPECT_EQ(config.log_level, Severity::info);
  const VendorSpec& vendor = config.vendors.at("v");
  EXPECT_EQ(vendor.auth.kind, Auth::Kind::none);
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

TEST(Load, ReadsAScheduleWithoutATimeZoneInUtc) {
  const Config config = load_text(
      "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\n"
      "schedule = \"0 2 * * *\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n");
  EXPECT_EQ(config.pipelines.at("p").schedule, Schedule::parse("0 2 * * *", "UTC"));
}

struct AuthRow {
  const char* text;
  Auth expected;
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
                            Auth{Auth::Kind::bearer, "", {SecretSource::Kind::credential, "t"}}},
                    AuthRow{R"({ kind = "basic", user = "u", password = { file = "/run/p" } })",
                            Auth{Auth::Kind::basic, "u", {SecretSource::Kind::file, "/run/p"}}},
                    AuthRow{R"({ kind = "header", name = "X-Key", value = { env = "K" } })",
                            Auth{Auth::Kind::header, "X-Key", {SecretSource::Kind::env, "K"}}},
                    AuthRow{R"({ kind = "query", name = "key", value = { env = "K" } })",
                            Auth{Auth::Kind::query, "key", {SecretSource::Kind::env, "K"}}}));

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
  EXPECT_EQ(level.page.kind, Page::Kind::number);
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
};
class EndingOf : public testing::TestWithParam<EndingRow> {};

TEST_P(EndingOf, SaysFormatAndCompression) {
  const auto& [to, one_file_per_answer, compression] = GetParam();
  const Config config =
      load_text(around("", "", std::string("[[pipeline.p.output]]\nlevel = \"a\"\nto = \"") + to + "\"\n"));
  const OutputSpec& output = config.pipelines.at("p").outputs.at(0);
  EXPECT_EQ(output.one_file_per_answer, one_file_per_answer) << to;
  EXPECT_EQ(output.compression, compression) << to;
}

INSTANTIATE_TEST_SUITE_P(All, EndingOf,
                         testing::Values(EndingRow{"x.json", true, OutputSpec::Compression::none},
                                         EndingRow{"x.json.gz", true, OutputSpec::Compression::gzip},
                                         EndingRow{"x.json.zst", true, OutputSpec::Compression::zstd},
                                         EndingRow{"x.ndjson", false, OutputSpec::Compression::none},
                                         EndingRow{"x.ndjson.gz", false, OutputSpec::Compression::gzip},
                                         EndingRow{"x.ndjson.zst", false, OutputSpec::Compression::zstd}));

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

// ---- files

class LoadFiles : public testing::Test {
 protected:
  LoadFiles() : folder_(testing::TempDir() + "fanout_load_" + std::to_string(::getpid())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "conf.d");
  }
  ~LoadFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // Error lines with the folder cut off.
  std::vector<std::string> errors_of(const std::filesystem::path& file) {
    std::vector<std::string> lines = error_lines(load_config(file));
    for (std::string& line : lines) {
      for (auto at = line.find(folder_.string()); at != std::string::npos; at = line.find(folder_.string())) {
        line.erase(at, folder_.string().size() + 1);
      }
    }
    return lines;
  }

  const std::string vendor_ = "[vendor.v]\nbase_url = \"https://v.example\"\n";
  const std::string pipeline_ =
      "[pipeline.p]\nvendor = \"v\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n";
  std::filesystem::path folder_;
};

TEST_F(LoadFiles, AreReadTogetherWithWhatTheyInclude) {
  write("conf.d/pipeline.toml", pipeline_);
  write("conf.d/more.toml", "[vendor.w]\nbase_url = \"http://w.example\"\n");
  const auto file =
      write("fanoutd.toml", "include = [\"conf.d/*.toml\", \"fanoutd.toml\", \"none/*.toml\"]\n" + vendor_);
  const Config config = good(load_config(file));
  EXPECT_EQ(config.file, file);
  EXPECT_EQ(config.vendors.size(), 2U);
  EXPECT_EQ(config.pipelines.size(), 1U);
}

TEST_F(LoadFiles, TakeTheStateDirectoryOfTheCommandLineBeforeAllOthers) {
  const auto file = write("fanoutd.toml", "state_dir = \"there\"\n" + vendor_ + pipeline_);
  EXPECT_EQ(good(load_config(file)).state_dir, folder_ / "there") << "relative to the file that says it";
  EXPECT_EQ(good(load_config(file, "/srv/here")).state_dir, "/srv/here");
}

TEST_F(LoadFiles, NameSecretsAndCertificatesFromTheFolderOfTheFile) {
  write("conf.d/ca.pem", "");
  write("conf.d/v.toml",
        vendor_ + "ca_file = \"ca.pem\"\nauth = { kind = \"bearer\", token = { file = \"token\" } }\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/v.toml\"]\n" + pipeline_);
  const Config config = good(load_config(file));
  EXPECT_EQ(config.vendors.at("v").ca_file, folder_ / "conf.d/ca.pem");
  EXPECT_EQ(config.vendors.at("v").auth.secret.name, folder_ / "conf.d/token");
}

TEST_F(LoadFiles, ReportTheErrorsOfAllFilesWithTheirPlaces) {
  write("conf.d/a.toml", pipeline_ + "itms = \"$\"\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + vendor_ + "timeout = 3\n");
  EXPECT_THAT(errors_of(file),
              ElementsAre("fanoutd.toml:4:11: \"timeout\" must be a text, not a whole number",
                          "conf.d/a.toml:6:1: unknown key \"itms\"; did you mean \"items\"?"));
}

TEST_F(LoadFiles, NameBothPlacesOfASectionThatIsThereTwice) {
  write("conf.d/a.toml", pipeline_ + vendor_ + "[store]\nkeep = \"1d\"\n");
  const auto file =
      write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + vendor_ + "[store]\nkeep = \"2d\"\n");
  EXPECT_THAT(errors_of(file),
              ElementsAre("conf.d/a.toml:6:9: [vendor.v] is already at fanoutd.toml:2:9; keep one of them",
                          "conf.d/a.toml:8:2: \"store\" is already at fanoutd.toml:4:2; keep one of them"));
}

TEST_F(LoadFiles, IncludeNothingFromAnIncludedFile) {
  write("conf.d/a.toml", "include = [\"b.toml\"]\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/a.toml\"]\n" + vendor_ + pipeline_);
  EXPECT_THAT(errors_of(file), ElementsAre("conf.d/a.toml:1:1: an included file includes no others; "
                                           "name them all in the main file"));
}

TEST_F(LoadFiles, SayWhatIsWrongWithAFileThatCannotBeRead) {
  EXPECT_THAT(errors_of(folder_ / "none.toml"),
              ElementsAre("none.toml: there is no such file; name the configuration with --config FILE; "
                          "docs/configuration.md says how to write one"));
  EXPECT_THAT(errors_of(folder_ / "conf.d"),
              ElementsAre("conf.d: is a folder; name the configuration with --config FILE; "
                          "docs/configuration.md says how to write one"));
}

TEST_F(LoadFiles, SayWhereAMissingFileIsIncluded) {
  const auto file = write("fanoutd.toml", "include = [\"none.toml\"]\n" + vendor_ + pipeline_);
  EXPECT_THAT(errors_of(file),
              ElementsAre("fanoutd.toml:1:12: cannot include \"none.toml\": there is no such file; "
                          "paths in include begin at the folder of this file"));
}

TEST_F(LoadFiles, ReportEveryFileThatIsNoTomlAndNothingThatFollowsFromIt) {
  write("conf.d/a.toml", "[vendor.v\n");
  write("conf.d/b.toml", "x = \n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + pipeline_);
  const auto errors = errors_of(file);
  ASSERT_EQ(errors.size(), 2U) << testing::PrintToString(errors);
  EXPECT_TRUE(errors[0].starts_with("conf.d/a.toml:1:10: ")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("conf.d/b.toml:1:5: ")) << errors[1];
}

}  // namespace
}  // namespace fanout
