// The configuration that the design began with is understood to the letter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/loading.h"
#include "output/format.h"
#include "page/page_kind.h"

namespace fanout {
namespace {

using testing::ElementsAre;

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

TEST(Load, UnderstandsTheVendorOfTheDesign) {
  const Config config = load_text(kDesign);
  const VendorSpec& vendor = config.vendors.at("oracle");
  EXPECT_EQ(vendor.name, "oracle");
  EXPECT_EQ(vendor.base_url, (BaseUrl{true, "oracle.example", "443", "/santaba/rest"}));
  EXPECT_EQ(vendor.auth, (Auth{"bearer", {}, {{"token", {SecretSource::Kind::env, "ORACLE_TOKEN"}}}}));
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
  EXPECT_EQ(troop.page.kind, page_kind("offset"));
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
  EXPECT_TRUE(outputs[0].format->one_file_per_answer());
  EXPECT_EQ(outputs[0].format, &json_files());
  EXPECT_EQ(outputs[0].compression, OutputSpec::Compression::none);
  EXPECT_EQ(outputs[0].to.text(), "raw/{run.date}/{troop.name}/{warrior.name}/{group.id}.json");
  EXPECT_FALSE(outputs[1].format->one_file_per_answer());
  EXPECT_EQ(outputs[1].format, &ndjson_lines());
  EXPECT_EQ(outputs[1].compression, OutputSpec::Compression::zstd);
  EXPECT_TRUE(outputs[1].select.starts_with("SELECT parents"));
  EXPECT_EQ(outputs[1].roll, 256 * 1024 * 1024);
}

}  // namespace
}  // namespace fanout
