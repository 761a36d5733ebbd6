// Follows the paths to what is wanted of a reply, while a parser goes through its JSON. Pure; one for each
// scan.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reply/item_builder.h"
#include "reply/wanted.h"

namespace fanout {

class ItemFinder {
 public:
  explicit ItemFinder(const Wanted& wanted);

  // What the parser comes across, in the order of the text.
  void key(std::string key);
  void value(nlohmann::json value);  // neither array nor object
  void open(bool object);
  void close();

  // False after a complaint: then the rest of the body is only checked.
  bool watching() const { return watching_; }
  // What was found in a body that reads to its end.
  Scanned finish();

 private:
  static constexpr std::size_t kItems = 0, kTotal = 1, kPages = 2, kPaths = 3;
  using Steps = std::array<int, kPaths>;  // how many steps of each path lead to a value, or kOff
  static constexpr int kOff = -1;         // not on the path

  struct Followed {
    explicit Followed(const JsonPath* followed);
    const JsonPath* path;
    std::size_t length = 0;
    std::size_t first_wildcard = 0;  // number of steps up to and with it; 0: none
    std::size_t last_wildcard = 0;
    bool wildcard_at(std::size_t step) const {
      return step < length && std::holds_alternative<JsonPath::Wildcard>(path->steps()[step]);
    }
  };
  struct Container {
    bool object = false;
    bool list = false;       // its elements are the items
    std::int64_t index = 0;  // of the next element
    Steps steps{};
  };

  Steps enter(bool& item);
  void enter_list(Container& container, bool& item);
  std::string what_is_missing() const;
  void found(const Steps& steps, const nlohmann::json& value);
  void take();
  void complain(std::string what);

  const Wanted& wanted_;
  std::array<Followed, kPaths> followed_;
  bool watching_ = true;
  std::vector<Container> containers_;
  ItemBuilder builder_;
  std::string key_;
  Scanned scanned_;
  bool list_found_ = false;            // what holds the items
  std::int64_t places_for_items_ = 0;  // with [*]: values that it led to
  std::int64_t places_for_lists_ = 0;  // with more than one: values that should hold a list each, …
  std::int64_t lists_ = 0;             // … and the lists that they hold
  std::string fields_;                 // of the whole reply, for a complaint
  std::size_t fields_named_ = 0;
};

}  // namespace fanout
