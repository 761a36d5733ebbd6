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

Commit Commit::split_off(std::size_t first_record) {
  Commit rest;
  rest.configs = configs;
  std::vector<bool> goes(batch.settlements.size());
  for (std::size_t i = first_record; i < records.size(); ++i) {
    rest.records.push_back(std::move(records[i]));
    rest.settlement_of.push_back(settlement_of[i]);
    goes[settlement_of[i]] = true;
  }
  records.resize(first_record);
  settlement_of.resize(first_record);
  std::vector<Settlement> stay;
  std::vector<std::size_t> place(goes.size());
  for (std::size_t i = 0; i < goes.size(); ++i) {
    auto& to = goes[i] ? rest.batch.settlements : stay;
    place[i] = to.size();
    to.push_back(std::move(batch.settlements[i]));
  }
  batch.settlements = std::move(stay);
  for (auto& which : settlement_of) which = place[which];
  for (auto& which : rest.settlement_of) which = place[which];
  return rest;
}

void Commit::put_behind(Commit settlements) {
  const auto before = batch.settlements.size();
  append(batch.settlements, std::move(settlements.batch.settlements));
  append(records, std::move(settlements.records));
  for (const auto which : settlements.settlement_of) settlement_of.push_back(before + which);
  append(configs, std::move(settlements.configs));
}

}  // namespace fanout
