// A vendor that gives fewer items on a page than it was asked for, and does not say so.
#include <gtest/gtest.h>

#include <set>

#include "e2e/house.h"

namespace fanout::test {
namespace {

// 40 troops, 500 warriors, some 12 in each troop; lists of everything by offset, 1,000 asked for.
std::string three_levels(const std::string& url, const std::string& more) {
  return R"(
[vendor.oracle]
base_url = ")" +
         url + R"("
auth = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
adaptive = false

[pipeline.monitoring]
vendor = "oracle"

[[pipeline.monitoring.level]]
name  = "troop"
path  = "/device/groups"
page  = { kind = "offset", param = "offset", size_param = "size", size = 1000)" +
         more + R"( }
items = "$.items"
keep  = ["id"]

[[pipeline.monitoring.level]]
name   = "warrior"
parent = "troop"
path   = "/device/groups/{troop.id}/devices"
page   = { kind = "offset", param = "offset", size_param = "size", size = 1000)" +
         more + R"toml( }
items  = "$.items"
where  = "item->>'status' <> 'decommissioned'"

[[pipeline.monitoring.output]]
level  = "warrior"
to     = "warriors.ndjson"
select = "SELECT value->>'id' AS id FROM json_each(body, '$.items')"
)toml";
}

struct PagingCase {
  const char* name;
  int cap;
  const char* more;
  int least, most;  // requests
  friend std::ostream& operator<<(std::ostream& out, const PagingCase& row) { return out << row.name; }
};

class Paging : public testing::TestWithParam<PagingCase> {};

TEST_P(Paging, ReadsEachListToItsEnd) {
  const House house;
  const auto& [name, cap, more, least, most] = GetParam();
  TestVendor vendor(house.path(), {"--scale", "0.1", "--cap", std::to_string(cap)});
  house.configure(three_levels(vendor.url(), more));
  const auto ended = house.once();
  EXPECT_EQ(ended.code, 0) << ended.output;
  const auto ids = house.records("/id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 500U);
  EXPECT_EQ(house.sql("SELECT sum(left_out) FROM queue WHERE level = 'warrior'"), "10");
  EXPECT_NE(ended.output.find("items left out"), std::string::npos) << ended.output;
  const auto asked = vendor.report()["requests"].get<int>();
  EXPECT_GE(asked, least);
  EXPECT_LE(asked, most);
}

INSTANTIATE_TEST_SUITE_P(
    OfAVendor, Paging,
    testing::Values(
        // 40 lists of 12 or 13 warriors: 8 pages of 5 troops, 3 pages of each troop's warriors.
        PagingCase{"ThatGivesFive", 5, "", 8 + 120, 8 + 120 + 20},
        PagingCase{"ThatGivesFiveAndTellsHowManyThereAre", 5, R"(, total = "$.total")", 8 + 120, 8 + 120},
        // One page of each list; one more a level, and those that are in flight before it has taught
        // anything.
        PagingCase{"ThatGivesAll", 1000, "", 41, 41 + 1 + 20}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace fanout::test
