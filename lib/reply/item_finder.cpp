#include "reply/item_finder.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/excerpt.h"

namespace fanout {
namespace {

using nlohmann::json;

constexpr std::size_t kMostValues = 100'000;  // in one item
constexpr std::size_t kMostFieldsNamed = 8;   // of a reply that lacks its items

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  // "4e2" and "400.0" are whole as well.
  double real = 0;
  const auto [real_end, real_error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (real_error != std::errc() || real_end != text.data() + text.size()) return std::nullopt;
  if (real != std::floor(real) || std::abs(real) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

}  // namespace

ItemFinder::Followed::Followed(const JsonPath* followed) : path(followed) {
  if (path == nullptr) return;
  length = path->steps().size();
  for (std::size_t i = 0; i < length; ++i) {
    if (std::holds_alternative<JsonPath::Wildcard>(path->steps()[i])) last_wildcard = i + 1;
  }
}

ItemFinder::ItemFinder(const Wanted& wanted)
    : wanted_(wanted), followed_{Followed(wanted.items), Followed(wanted.total), Followed(wanted.pages)} {}

void ItemFinder::key(std::string key) {
  key_ = std::move(key);
  if (builder_.building()) {
    builder_.key(key_);
  } else if (containers_.size() == 1 && fields_named_++ < kMostFieldsNamed) {
    const auto shown = wanted_.redactor == nullptr ? key_ : wanted_.redactor->redact(key_);
    fields_ += (fields_.empty() ? "" : ", ") + excerpt(std::string_view(shown).substr(0, 40));
  }
}

// How far along each path the value is that begins here.
ItemFinder::Steps ItemFinder::enter(bool& item) {
  Steps steps{};
  item = false;
  if (!containers_.empty()) {
    Container& parent = containers_.back();
    item = parent.list;
    const auto index = parent.object ? 0 : parent.index++;
    for (std::size_t which = 0; which < kPaths; ++which) {
      const Followed& followed = followed_[which];
      const int before = parent.steps[which];
      steps[which] = kOff;
      if (before == kOff || static_cast<std::size_t>(before) >= followed.length) continue;
      const auto& step = followed.path->steps()[static_cast<std::size_t>(before)];
      const auto* name = std::get_if<std::string>(&step);
      const auto* number = std::get_if<std::int64_t>(&step);
      const bool here = name != nullptr     ? parent.object && *name == key_
                        : number != nullptr ? !parent.object && *number == index
                                            : true;
      if (here) steps[which] = before + 1;
    }
  }
  const Followed& items = followed_[kItems];
  if (items.path == nullptr || steps[kItems] == kOff || item) return steps;
  const auto at = static_cast<std::size_t>(steps[kItems]);
  if (items.last_wildcard > 0 && at == items.last_wildcard) ++places_for_items_;
  item = items.last_wildcard > 0 && at == items.length;
  return steps;
}

void ItemFinder::open(bool object) {
  if (builder_.building()) {
    builder_.add(object ? json::object() : json::array());
    containers_.push_back({object, false, 0, {kOff, kOff, kOff}});
    if (builder_.values() > kMostValues) complain(fmt::format("item {} has too many values", scanned_.items));
    return;
  }
  bool item = false;
  Container container{object, false, 0, enter(item)};
  const Followed& items = followed_[kItems];
  if (items.path != nullptr && container.steps[kItems] != kOff && !item) {
    const auto at = static_cast<std::size_t>(container.steps[kItems]);
    if (items.last_wildcard == 0 && at == items.length) {
      container.list = !object;
      list_found_ = true;
      if (object) complain(items.path->text() + " is an object, where an array of items was expected");
    } else if (at < items.length && at + 1 <= items.last_wildcard &&
               std::holds_alternative<JsonPath::Wildcard>(items.path->steps()[at])) {
      list_found_ = true;
    }
  }
  containers_.push_back(container);
  if (item) {
    builder_.begin();
    builder_.add(object ? json::object() : json::array());
  }
}

void ItemFinder::close() {
  containers_.pop_back();
  if (!builder_.building()) return;
  builder_.end();
  if (!builder_.building()) take();
}

void ItemFinder::value(json value) {
  if (builder_.building()) {
    builder_.add(std::move(value));
    if (builder_.values() > kMostValues) complain(fmt::format("item {} has too many values", scanned_.items));
    return;
  }
  bool item = false;
  const Steps steps = enter(item);
  found(steps, value);
  if (item) {
    builder_.begin();
    builder_.add(std::move(value));
    take();
  }
}

void ItemFinder::found(const Steps& steps, const json& value) {
  const auto leads_here = [&](std::size_t which) {
    return followed_[which].path != nullptr && steps[which] == static_cast<int>(followed_[which].length);
  };
  const auto number = [&]() -> std::optional<std::int64_t> {
    return whole_number(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
  };
  if (leads_here(kTotal) && !scanned_.total) scanned_.total = number();
  if (leads_here(kPages) && !scanned_.pages) scanned_.pages = number();
  if (leads_here(kItems) && followed_[kItems].last_wildcard == 0) {
    complain(fmt::format("{} is {}, where an array of items was expected", wanted_.items->text(),
                         value.is_null() ? "null" : std::string("a ") + value.type_name()));
  }
}

void ItemFinder::take() {
  if (scanned_.items >= wanted_.max_items) {
    return complain(fmt::format("more than {} items; raise max_items of the level, or ask page by page",
                                wanted_.max_items));
  }
  if (std::string wrong = wanted_.take(builder_.item()); !wrong.empty()) {
    return complain(fmt::format("item {}: {}", scanned_.items, wrong));
  }
  ++scanned_.items;
}

void ItemFinder::complain(std::string what) {
  watching_ = false;
  scanned_.fault = Fault::not_as_level;
  scanned_.detail = std::move(what);
}

Scanned ItemFinder::finish() {
  if (scanned_.fault != Fault::none || wanted_.items == nullptr) return std::move(scanned_);
  if (!list_found_) {
    complain(fmt::format("the reply has no items at {}{}", wanted_.items->text(),
                         fields_.empty() ? std::string() : "; its fields are " + fields_));
  } else if (followed_[kItems].last_wildcard > 0 && places_for_items_ != scanned_.items) {
    complain(fmt::format("{} leads to {} items, but there are {} places where it should",
                         wanted_.items->text(), scanned_.items, places_for_items_));
  }
  return std::move(scanned_);
}

}  // namespace fanout
