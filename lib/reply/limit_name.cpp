#include "reply/limit_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "reply/header_words.h"

namespace fanout {
namespace {

using Says = LimitName::Says;

constexpr std::pair<std::string_view, milliseconds> kPeriods[] = {
    {"second", seconds(1)},           {"minute", std::chrono::minutes(1)}, {"hour", std::chrono::hours(1)},
    {"day", std::chrono::days(1)},    {"daily", std::chrono::days(1)},     {"week", std::chrono::days(7)},
    {"month", std::chrono::days(31)},
};

constexpr std::pair<std::string_view, milliseconds> kUnits[] = {
    {"s", seconds(1)},
    {"sec", seconds(1)},
    {"m", std::chrono::minutes(1)},
    {"min", std::chrono::minutes(1)},
    {"h", std::chrono::hours(1)},
    {"hour", std::chrono::hours(1)},
    {"d", std::chrono::days(1)},
    {"day", std::chrono::days(1)},
};

constexpr std::pair<std::string_view, Says> kWords[] = {
    {"limit", Says::limit},     {"max", Says::limit},           {"total", Says::limit},
    {"capacity", Says::limit},  {"remaining", Says::remaining}, {"used", Says::used},
    {"usage", Says::used},      {"observed", Says::used},       {"reset", Says::reset},
    {"resettime", Says::reset}, {"resets", Says::reset},        {"next", Says::reset},
    {"window", Says::window},   {"period", Says::window},       {"interval", Says::window},
    {"policy", Says::policy},
};
// These name the bucket by their value, where they stand alone.
constexpr std::string_view kBucketWords[] = {"bucket", "name", "resource", "group", "action"};

// Whole headers of one vendor each.
constexpr std::string_view kWhole[] = {"sforce-limit-info", "x-shopify-shop-api-call-limit"};

struct Split {
  std::string family;
  std::vector<std::string_view> rest;
};

std::optional<Split> split_behind_family(std::string_view header) {
  const auto words = words_of(header, "-");
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool two = words[i] == "rate" && i + 1 < words.size() && words[i + 1] == "limit";
    if (!two && !words[i].ends_with("ratelimit") && words[i] != "quota" && words[i] != "floodcontrol")
      continue;
    const auto& last = words[two ? i + 1 : i];
    const auto length = static_cast<std::size_t>(last.data() + last.size() - header.data());
    return Split{std::string(header.substr(0, length)),
                 {words.begin() + static_cast<std::ptrdiff_t>(two ? i + 2 : i + 1), words.end()}};
  }
  return std::nullopt;
}

template <typename Table>
auto found_in(const Table& table, std::string_view word) {
  using Value = decltype(std::begin(table)->second);
  const auto found = std::ranges::find(table, word, [](const auto& entry) { return entry.first; });
  return found == std::end(table) ? std::optional<Value>() : std::optional<Value>(found->second);
}

void add_to_bucket(LimitName& name, std::string_view word) {
  if (word.empty()) return;
  if (!name.bucket.empty()) name.bucket += '-';
  name.bucket += word;
}

// "resourcedailylimit", as one vendor writes: its window is not part of its bucket.
bool read_glued(std::string_view word, LimitName& name, std::optional<Says>& says) {
  for (const auto& [ending, meaning] : {std::pair{std::string_view("limit"), Says::limit},
                                        std::pair{std::string_view("remaining"), Says::remaining}}) {
    if (!word.ends_with(ending) || word.size() == ending.size()) continue;
    word.remove_suffix(ending.size());
    if (word.ends_with("daily")) {
      name.window = std::chrono::days(1);
      word.remove_suffix(std::string_view("daily").size());
    }
    add_to_bucket(name, word);
    says = meaning;
    return true;
  }
  return false;
}

std::optional<Says> read_words(const std::vector<std::string_view>& rest, LimitName& name) {
  std::optional<Says> says;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const auto word = rest[i];
    if (word == "retry" && i + 1 < rest.size() && rest[i + 1] == "after") return Says::retry_after;
    if (const auto known = found_in(kWords, word)) {
      says = says.value_or(*known);
    } else if (word == "after" && says == Says::reset) {
      says = Says::reset_after;
    } else if (word == "milliseconds" || word == "ms") {
      name.in_milliseconds = true;
    } else if (const auto period = window_word(word)) {
      name.window = period;
      add_to_bucket(name, word);
    } else if (!read_glued(word, name, says) && word != "burst" && word != "size" && word != "seconds") {
      add_to_bucket(name, word);
    }
  }
  return says;
}

}  // namespace

std::optional<milliseconds> window_word(std::string_view word) {
  auto low = lower(word);
  if (const auto period = found_in(kPeriods, low)) return period;
  int count = 0;
  const auto [unit, error] = std::from_chars(low.data(), low.data() + low.size(), count);
  if (error != std::errc() || count < 1 || count > 1000) return std::nullopt;
  const auto length = found_in(kUnits, std::string_view(unit, low.data() + low.size()));
  return length ? std::optional(*length * count) : std::nullopt;
}

bool may_tell(std::string_view header) {
  const auto has = [header](std::string_view part) { return header.find(part) != std::string_view::npos; };
  return has("limit") || has("quota") || has("floodcontrol");
}

std::optional<LimitName> read_limit_name(std::string_view header) {
  if (!may_tell(header)) return std::nullopt;
  LimitName name;
  if (std::ranges::find(kWhole, header) != std::end(kWhole)) {
    name.family = header;
    return name;
  }
  auto split = split_behind_family(header);
  if (!split) return std::nullopt;
  name.family = std::move(split->family);
  if (split->rest.empty()) return name;
  // HubSpot goes on telling this one, and does not hold anybody to it any more.
  if (split->rest.front() == "secondly") return std::nullopt;
  if (split->rest.size() == 1 && std::ranges::find(kBucketWords, split->rest[0]) != std::end(kBucketWords)) {
    name.says = Says::bucket;
    return name;
  }
  const auto says = read_words(split->rest, name);
  name.says = says.value_or(name.window ? Says::limit : Says::all);
  return name;
}

}  // namespace fanout
