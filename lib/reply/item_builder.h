// Makes one item's tree of what the parser reports, value by value. Pure; one for each scan.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace fanout {

class ItemBuilder {
 public:
  void begin() {
    root_ = nullptr;
    open_.clear();
    key_.clear();
    values_ = 0;
  }
  bool building() const { return !open_.empty(); }
  std::size_t values() const { return values_; }
  const nlohmann::json& item() const { return root_; }

  void key(const std::string& key) { key_ = key; }
  // A value that is complete, or the beginning of an array or object, which end() ends.
  void add(nlohmann::json value) {
    const bool opens = value.is_structured();
    nlohmann::json* place = &root_;
    if (!open_.empty()) {
      nlohmann::json& parent = *open_.back();
      if (parent.is_array()) {
        parent.push_back(nullptr);
        place = &parent.back();
      } else {
        place = &parent[key_];
      }
    }
    *place = std::move(value);
    ++values_;
    if (opens) open_.push_back(place);
  }
  void end() { open_.pop_back(); }

 private:
  nlohmann::json root_;
  std::vector<nlohmann::json*>
      open_;  // the containers around the next value; none moves while one in it is open
  std::string key_;
  std::size_t values_ = 0;
};

}  // namespace fanout
