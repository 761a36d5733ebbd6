#include "tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "names.h"

namespace fanout_vendor {
namespace {

using Json = nlohmann::json;

Json ask(const Tree& tree, const std::string& target) {
  const auto found = tree.find(target);
  EXPECT_EQ(found.status, 200) << target;
  std::string body;
  tree.append_body(body, found);
  return Json::parse(body);
}

std::string data_path(std::uint64_t base, std::uint64_t warrior, std::uint64_t group) {
  return "/device/devices/" + std::to_string(base + warrior) + "/devicedatasources/" +
         std::to_string(base + group) + "/data";
}

TEST(Tree, walking_it_finds_everything_once) {
  for (const bool big : {false, true}) {
    const Tree tree({7, 30, 100, big, false, 0, 0, "/rest"});
    const std::uint64_t base = big ? kBigIdBase : 0;
    std::set<std::uint64_t> warriors;
    std::set<std::uint64_t> groups;
    const auto troops = ask(tree, "/rest/device/groups");
    for (const auto& troop : troops["items"]) {
      const auto t = troop["id"].get<std::uint64_t>();
      const auto list = ask(tree, "/rest/device/groups/" + std::to_string(t) + "/devices");
      for (const auto& warrior : list["items"]) {
        const auto w = warrior["id"].get<std::uint64_t>();
        EXPECT_EQ((w - base) % 7, t - base);
        EXPECT_TRUE(warriors.insert(w).second);
        const auto sources = "/rest/device/devices/" + std::to_string(w) + "/devicedatasources";
        const auto listed = ask(tree, sources);
        for (const auto& group : listed["items"]) {
          const auto g = group["id"].get<std::uint64_t>();
          EXPECT_TRUE(groups.insert(g).second);
          EXPECT_EQ(ask(tree, "/rest" + data_path(base, w - base, g - base))["id"].get<std::uint64_t>(), g);
        }
      }
    }
    EXPECT_EQ(warriors.size(), 30U);
    EXPECT_EQ(groups.size(), 100U);
    EXPECT_EQ(*groups.rbegin(), base + 99);
  }
}

TEST(Tree, data_is_the_storys_and_the_same_whatever_the_times) {
  const Tree tree{TreeShape{}};
  const auto path = data_path(0, 4999, 24999);
  const auto found = tree.find(path + "?start=1&end=2");
  std::string body;
  tree.append_body(body, found);
  EXPECT_NEAR(static_cast<double>(body.size()), 2300, 50);
  const auto data = Json::parse(body);
  EXPECT_EQ(data["time"].size(), 60U);
  ASSERT_EQ(data["values"].size(), 60U);
  for (const auto& three : data["values"]) {
    ASSERT_EQ(three.size(), 3U);
    for (const auto& value : three)
      EXPECT_TRUE(value.is_number_float() && value >= 0.0 && value < 100.0) << value;
  }
  EXPECT_EQ(data, ask(tree, path));
  EXPECT_NE(data["values"], ask(tree, data_path(0, 4998, 24998))["values"]);
}

TEST(Tree, pages) {
  const Tree tree({10, 10, 10, false, false, 0, 0, ""});
  struct Case {
    const char* query;
    std::size_t items;
    std::uint64_t first;
    std::uint64_t pages;
  };
  const Case cases[] = {{"", 10, 0, 1},
                        {"?other=1", 10, 0, 1},
                        {"?offset=0&size=4", 4, 0, 3},
                        {"?size=4&offset=8", 2, 8, 3},
                        {"?offset=10&size=4", 0, 0, 3},
                        {"?offset=18446744073709551615&size=18446744073709551615", 0, 0, 1},
                        {"?page=1&per_page=3", 3, 0, 4},
                        {"?page=4&per_page=3", 1, 9, 4},
                        {"?page=5&per_page=3", 0, 0, 4},
                        {"?page=18446744073709551615&per_page=3", 0, 0, 4},
                        {"?size=5", 5, 0, 2},
                        {"?page=1", 10, 0, 1}};
  for (const auto& c : cases) {
    const auto list = ask(tree, std::string("/device/groups") + c.query);
    EXPECT_EQ(list["total"], 10) << c.query;
    EXPECT_EQ(list["pages"], c.pages) << c.query;
    ASSERT_EQ(list["items"].size(), c.items) << c.query;
    if (c.items > 0) {
      EXPECT_EQ(list["items"][0]["id"], c.first) << c.query;
    }
  }
  for (const char* query : {"?size=0", "?page=0", "?per_page=0", "?offset=-1", "?offset=x", "?size=", "?page",
                            "?offset=0&page=1"}) {
    EXPECT_EQ(tree.find(std::string("/device/groups") + query).status, 400) << query;
  }
}

TEST(Tree, what_is_not_there) {
  const Tree tree({4, 8, 16, false, false, 0, 0, ""});
  for (const char* path :
       {"", "/", "/device", "/device/groups/", "/device/groups/4/devices", "/device/groups//devices",
        "/device/groups/devices", "/device/groups/01/devices", "/device/groups/-1/devices",
        "/device/groups/1", "/device/devices/8/devicedatasources", "/device/devices/1/devicedatasources/",
        "/device/devices/1", "/device/devices/1/devicedatasources/2/data",
        "/device/devices/1/devicedatasources/17/data", "/device/devices/1/devicedatasources/data",
        "/device/devices/1/devicedatasources//data", "/device/devices/1/devicedatasources/9/data/",
        "/rest/device/groups"}) {
    EXPECT_EQ(tree.find(path).status, 404) << path;
  }
  EXPECT_EQ(tree.find("/device/devices/1/devicedatasources/9/data").status, 200);
  const Tree big({4, 8, 16, true, false, 0, 0, ""});
  EXPECT_EQ(big.find("/device/groups/1/devices").status, 404);
}

TEST(Tree, every_fiftieth_warrior_is_decommissioned) {
  const Tree tree({1, 200, 1, false, false, 0, 0, ""});
  int gone = 0;
  const auto list = ask(tree, "/device/groups/0/devices");
  for (const auto& warrior : list["items"]) {
    gone += warrior["status"] == "decommissioned" ? 1 : 0;
  }
  EXPECT_EQ(gone, 4);
}

TEST(Tree, vanished_and_poisoned_are_about_their_rate_and_stay) {
  const Tree tree({10, 10000, 10000, false, false, 0.1, 0.02, ""});
  int vanished = 0;
  int poisoned = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    vanished += tree.vanished(i) ? 1 : 0;
    poisoned += tree.poisoned(i) ? 1 : 0;
    const auto warrior = "/device/devices/" + std::to_string(i) + "/devicedatasources";
    EXPECT_EQ(tree.find(warrior).status, tree.vanished(i) ? 404 : 200);
    EXPECT_EQ(tree.find(data_path(0, i, i)).poisoned, tree.poisoned(i));
  }
  EXPECT_NEAR(vanished, 1000, 120);
  EXPECT_NEAR(poisoned, 200, 60);
}

TEST(Tree, hostile_names_are_hostile_and_readable_json) {
  const Tree tree({500, 1, 1, false, true, 0, 0, ""});
  std::set<std::string> names;
  const auto list = ask(tree, "/device/groups");
  for (const auto& troop : list["items"]) names.insert(troop["name"].get<std::string>());
  for (const char* wanted : {"", ".", "..", "../../etc/passwd", "CON", "Same", "same"}) {
    EXPECT_TRUE(names.contains(wanted)) << wanted;
  }
  const auto any = [&](const std::string& part) {
    return std::any_of(names.begin(), names.end(), [&](const auto& n) { return n.find(part) != n.npos; });
  };
  for (const std::string part : {"/", "\n", "\"", "%2e", "\U0001f680", "\u202e", "{troop.id}"})
    EXPECT_TRUE(any(part));
  EXPECT_TRUE(any(std::string(1, '\0')));
  EXPECT_TRUE(std::any_of(names.begin(), names.end(), [](const auto& n) { return n.size() >= 590; }));
}

}  // namespace
}  // namespace fanout_vendor
