#include "sim/sim_tree.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace fanout::sim {
namespace {

const std::vector<std::string>& hostile_names() {
  static const std::vector<std::string> kNames{"..",
                                               ".",
                                               "",
                                               "a/b",
                                               "../../etc/passwd",
                                               "-rf",
                                               ".hidden",
                                               "a\tb\nc",
                                               std::string("nul\0l", 5),
                                               "Ünïcødé",
                                               "x'; DROP TABLE task; --",
                                               "{run.id}",
                                               "%2e%2e%2f",
                                               "a\\b",
                                               "CON",
                                               std::string(300, 'n'),
                                               "name~1",
                                               "\x7f",
                                               "plain",
                                               "plain",
                                               "two words",
                                               "\"quoted\"",
                                               "\u202ecba"};
  return kNames;
}

constexpr std::int64_t kBeyondDoubles = 9007199254740993;
constexpr std::int64_t kMostGrowth = 12;

}  // namespace

Item SimTree::draw_item(const LevelPlan& level) {
  Item item;
  const auto number = ++items_;
  nlohmann::json id;
  switch (level.ids) {
    case LevelPlan::Ids::numbers:
      id = number;
      break;
    case LevelPlan::Ids::big_numbers:
      id = kBeyondDoubles + number;
      break;
    case LevelPlan::Ids::texts:
      id = fmt::format("{}{}", chance_.one_of<std::string>({"id-", "a/b ", "%41?&=#", "é+", "..", "x'\"{}"}),
                       number);
      break;
  }
  item.key = id.is_string() ? id.get<std::string>() : id.dump();
  item.gone = chance_.one_in(12);
  nlohmann::json json{{"id", id}, {"name", chance_.one_of(hostile_names())}};
  if (item.gone) json["gone"] = 1;
  item.json = json.dump();
  return item;
}

const std::vector<Item>& SimTree::list(const Place& place, const LevelPlan& level) {
  const auto [found, is_new] = lists_.try_emplace(place);
  auto& items = found->second;
  if (is_new) {
    const auto count = chance_.between(place.key.empty() ? 2 : 0, level.most_items);
    for (int i = 0; i < count; ++i) items.push_back(draw_item(level));
  } else if (growing_ && chance_.one_in(20) && items.size() < kMostGrowth) {
    items.push_back(draw_item(level));
  }
  return items;
}

Fate SimTree::fate(const Place& place) {
  const auto [found, is_new] = fates_.try_emplace(place, Fate::well);
  if (is_new && !place.key.empty()) {
    const auto drawn = chance_.next() % 100;
    found->second = drawn < 4    ? Fate::vanished
                    : drawn < 6  ? Fate::forbidden
                    : drawn < 8  ? Fate::broken
                    : drawn < 9  ? Fate::at_the_gateway
                    : drawn < 10 ? Fate::silent
                                 : Fate::well;
  }
  return found->second;
}

}  // namespace fanout::sim
