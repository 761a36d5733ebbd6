#include "reply/item_finder.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/excerpt.h"
#include "reply/written_number.h"

namespace fanout {
namespace {

using nlohmann::json;

constexpr const char* kMissing = "missing = \"empty\"";
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
    if (!std::holds_alternative<JsonPath::Wildcard>(path->steps()[i])) continue;
    if (first_wildcard == 0) first_wildcard = i + 1;
    last_wildcard = i + 1;
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
  if (at > 0 && at < items.last_wildcard && items.wildcard_at(at - 1)) ++places_for_lists_;
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
  if (followed_[kItems].path != nullptr && container.steps[kItems] != kOff && !item)
    enter_list(container, item);
  containers_.push_back(container);
  if (item) {
    builder_.begin();
    builder_.add(object ? json::object() : json::array());
  }
}

// An array or object on the way to the items: perhaps what holds them.
void ItemFinder::enter_list(Container& container, bool& item) {
  const Followed& items = followed_[kItems];
  const auto at = static_cast<std::size_t>(container.steps[kItems]);
  if (items.last_wildcard == 0 && at == items.length) {
    container.list = !container.object;
    list_found_ = true;
    item = container.object && wanted_.single_is_item;
    if (container.object && !item) {
      complain(items.path->text() +
               " is an object, where an array of items was expected; if it is the one item of a list, say "
               "single = \"item\"");
    }
    return;
  }
  if (!items.wildcard_at(at)) return;
  list_found_ = true;
  if (at > items.first_wildcard - 1) ++lists_;
  if (!container.object || !wanted_.single_is_item) return;
  // It stands for a list, and is its one element.
  container.steps[kItems] = static_cast<int>(at) + 1;
  at + 1 == items.last_wildcard ? ++places_for_items_ : ++places_for_lists_;
  item = at + 1 == items.length;
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
    return whole_number(value.is_string() ? value.get_ref<const std::string&>() : text_of(value));
  };
  if (leads_here(kTotal) && !scanned_.total) scanned_.total = number();
  if (leads_here(kPages) && !scanned_.pages) scanned_.pages = number();
  if (leads_here(kItems) && followed_[kItems].last_wildcard == 0) {
    if (value.is_null() && wanted_.missing_is_empty) {
      list_found_ = true;
    } else if (value.is_null()) {
      complain(
          fmt::format("{} is null, where an array of items was expected; if that is an empty list, say {}",
                      wanted_.items->text(), kMissing));
    } else {
      complain(fmt::format("{} is a {}, where an array of items was expected", wanted_.items->text(),
                           type_of(value)));
    }
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
  const bool is_good = scanned_.fault == Fault::none;
  if (is_good && wanted_.items != nullptr && !wanted_.missing_is_empty) {
    if (std::string missing = what_is_missing(); !missing.empty()) complain(std::move(missing));
  }
  return std::move(scanned_);
}

std::string ItemFinder::what_is_missing() const {
  const std::string& path = wanted_.items->text();
  if (!list_found_) {
    return fmt::format("the reply has no items at {}{}; if that is an empty list, say {}", path,
                       fields_.empty() ? std::string() : "; its fields are " + fields_, kMissing);
  }
  if (followed_[kItems].last_wildcard == 0) return {};
  if (lists_ < places_for_lists_) {
    return fmt::format(
        "{} leads to {} lists, but there are {} places where it should; if a list may be missing, say {}",
        path, lists_, places_for_lists_, kMissing);
  }
  if (places_for_items_ != scanned_.items) {
    return fmt::format(
        "{} leads to {} items, but there are {} places where it should; if one may be missing, say {}", path,
        scanned_.items, places_for_items_, kMissing);
  }
  return {};
}

}  // namespace fanout
