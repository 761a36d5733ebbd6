#include "harvest/commit.h"

#include <iterator>
#include <utility>

namespace fanout {
namespace {

template <typename Value>
void append(std::vector<Value>& to, std::vector<Value> values) {
  to.insert(to.end(), std::make_move_iterator(values.begin()), std::make_move_iterator(values.end()));
}

}  // namespace

Commit Commit::split_off(const Places& settlements) {
  Commit all;
  std::swap(all.batch.settlements, batch.settlements);
  std::swap(all.records, records);
  std::swap(all.settlement_of, settlement_of);
  Commit off;
  off.configs = configs;
  const auto side = [&](std::size_t place) -> Commit& { return settlements.contains(place) ? off : *this; };
  std::vector<std::size_t> moved_to;
  for (std::size_t i = 0; i < all.batch.settlements.size(); ++i) {
    auto& to = side(i).batch.settlements;
    moved_to.push_back(to.size());
    to.push_back(std::move(all.batch.settlements[i]));
  }
  for (std::size_t i = 0; i < all.records.size(); ++i) {
    auto& to = side(all.settlement_of[i]);
    to.records.push_back(std::move(all.records[i]));
    to.settlement_of.push_back(moved_to[all.settlement_of[i]]);
  }
  return off;
}

void Commit::put_behind(Commit settlements) {
  const auto before = batch.settlements.size();
  append(batch.settlements, std::move(settlements.batch.settlements));
  append(records, std::move(settlements.records));
  for (const auto which : settlements.settlement_of) settlement_of.push_back(before + which);
  append(configs, std::move(settlements.configs));
}

}  // namespace fanout
