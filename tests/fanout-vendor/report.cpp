// Judge::report: the account as JSON. What each number counts is defined in README.md.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "judge.h"

namespace fanout_vendor {
namespace {

using Json = nlohmann::ordered_json;

Json windows_json(const Limits& limits) {
  Json list = Json::array();
  for (const auto& window : limits.windows()) {
    const std::uint64_t limit = window.rate().limit;
    const std::uint64_t seen = window.max_seen();
    list.push_back({{"rate", window.rate().text},
                    {"limit", limit},
                    {"max_seen", seen},
                    {"exceeded_by", seen > limit ? seen - limit : 0}});
  }
  return list;
}

// What a client that asks everything has to expect. Counted here, as it is wanted once or twice a run.
Json tree_json(const Tree& tree) {
  const auto& shape = tree.shape();
  std::uint64_t vanished = 0;
  std::uint64_t poisoned = 0;
  if (shape.vanish > 0) {
    for (std::uint64_t w = 0; w < shape.warriors; ++w) {
      if (tree.vanished(w)) ++vanished;
    }
  }
  if (shape.poison > 0) {
    for (std::uint64_t g = 0; g < shape.groups; ++g) {
      if (tree.poisoned(g)) ++poisoned;
    }
  }
  return {{"troops", shape.troops}, {"warriors", shape.warriors},
          {"groups", shape.groups}, {"decommissioned", shape.warriors / 50},
          {"vanished", vanished},   {"poisoned", poisoned}};
}

}  // namespace

std::string Judge::report() const {
  Json by_why = Json::object();
  for (std::size_t i = 0; i < kWhyNames.size(); ++i) {
    by_why[std::string(kWhyNames[i])] = ledger_.by_why(static_cast<Why>(i));
  }
  Json outages = Json::array();
  for (std::size_t i = 0; i < options_.outages.size(); ++i) {
    outages.push_back({{"spec", options_.outages[i].text}, {"requests", outage_requests_[i]}});
  }
  const Json limit = limits_.concurrency() ? Json(*limits_.concurrency()) : Json();
  const Json report{
      {"requests", ledger_.requests()},
      {"answered_ok", ledger_.answered_ok()},
      {"unanswered_ok", ledger_.unanswered_ok()},
      {"by_why", by_why},
      {"refused_429", ledger_.by_why(Why::too_many)},
      {"windows", windows_json(limits_)},
      {"concurrency",
       {{"limit", limit}, {"now", limits_.in_flight()}, {"max_seen", limits_.max_in_flight()}}},
      {"outages", outages},
      {"fell_over", strength_ ? Json({{"times", strength_->times()},
                                      {"is_down", strength_->is_down()},
                                      {"requests", strength_->requests()}})
                              : Json()},
      {"distinct_ok", ledger_.distinct_ok()},
      {"repeated_ok", ledger_.answered_ok() - ledger_.distinct_ok()},
      {"tree", tree_json(tree_)},
  };
  return report.dump() + "\n";
}

}  // namespace fanout_vendor
