#include "reply/told_limits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "reply/documented_windows.h"
#include "reply/header_words.h"
#include "reply/limit_counters.h"
#include "reply/limit_name.h"
#include "reply/retry_after.h"

namespace fanout {
namespace {

using Says = LimitName::Says;
using Of = Nonsense::Of;

constexpr std::size_t kLongestValue = 4096;
constexpr std::string_view kInformational = "beta-";

// One header, as long as it is read.
struct Line {
  const LimitName& name;
  std::string_view header;
  std::string_view value;
};

Counter& counter_of(Counters& counters, const Line& line) {
  auto& counter = counters.of(line.name.family, line.name.bucket);
  if (line.name.window && !counter.window) counter.window = line.name.window;
  return counter;
}

// "600,30000": several limits at once, the same place in each list for the same one.
Counter& counter_at(Counters& counters, const Line& line, std::size_t place) {
  if (place == 0) return counter_of(counters, line);
  return counters.of(line.name.family, line.name.bucket + "#" + std::to_string(place + 1));
}

void read_item(Counters& counters, Counter& counter, const FieldItem& item, std::string_view header) {
  counters.limit(counter, item.parameter({"q", "limit", "total", "max"}), header);
  counters.remaining(counter, item.parameter({"r", "remaining"}), header);
  counters.used(counter, item.parameter("used"), header);
  counters.reset(counter, item.parameter({"t", "reset", "resets"}), header);
  counters.window(counter, item.parameter({"w", "window"}), header);
  if (const auto unit = item.parameter("qu"); !unit.empty() && unit != "requests") counter.unit = unit;
}

void read_policies(Counters& counters, const Line& line, const std::vector<FieldItem>& items) {
  for (const auto& item : items) {
    if (!item.number && item.parameters.empty()) {  // "daily"
      if (const auto window = window_word(item.name)) counter_of(counters, line).window = window;
      continue;
    }
    auto& policy = counters.add_policy(line.name.family, item.name);
    read_item(counters, policy, item, line.header);
    if (item.number && *item.number >= 0) policy.limit = item.number;
  }
}

bool have_windows(const std::vector<FieldItem>& items) {
  return std::ranges::any_of(items, [](const FieldItem& item) { return !item.parameter("w").empty(); });
}

// "32/40", of which 32 are used, or remain.
bool read_fraction(Counters& counters, Counter& counter, std::string_view text, const Line& line) {
  text = trimmed(text.substr(0, text.find('(')));
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !number_in(text.substr(0, slash))) return false;
  counters.limit(counter, text.substr(slash + 1), line.header);
  if (line.name.says == Says::remaining)
    counters.remaining(counter, text.substr(0, slash), line.header);
  else
    counters.used(counter, text.substr(0, slash), line.header);
  return true;
}

void read_limits(Counters& counters, const Line& line) {
  if (read_fraction(counters, counter_of(counters, line), line.value, line)) return;
  const auto texts = words_of(line.value, ",");
  const auto items = items_of(line.value);
  if (!have_windows(items)) {
    for (std::size_t i = 0; i < texts.size() && i < kMostItems; ++i)
      counters.limit(counter_at(counters, line, i), texts[i], line.header);
    return;
  }
  // The draft's first versions: the limit of now, and behind it the policies.
  auto& counter = counter_of(counters, line);
  counters.limit(counter, texts.front().substr(0, texts.front().find(';')), line.header);
  counters.window(counter, items.front().parameter("w"), line.header);
  read_policies(counters, line, {items.begin() + 1, items.end()});
}

// "20;w=21600", "Microsoft.Compute/HighCostGet3Min;46,Microsoft.Compute/HighCostGet30Min;0"
void read_remaining(Counters& counters, const Line& line) {
  if (read_fraction(counters, counter_of(counters, line), line.value, line)) return;
  const auto texts = words_of(line.value, ",");
  for (std::size_t i = 0; i < texts.size() && i < kMostItems; ++i) {
    const auto semicolon = texts[i].find(';');
    const auto first = texts[i].substr(0, semicolon);
    const auto items = items_of(texts[i]);
    if (items.size() == 1 && !items[0].name.empty() && items[0].number) {
      auto& counter = counters.of(line.name.family, items[0].name);
      counters.remaining(counter, texts[i].substr(semicolon + 1), line.header);
      const auto digits = first.find_last_not_of("0123456789", first.find_last_of("0123456789"));
      if (digits != std::string_view::npos) counter.window = window_word(first.substr(digits + 1));
      continue;
    }
    auto& counter = counter_at(counters, line, i);
    counters.remaining(counter, first, line.header);
    if (items.size() == 1) counters.window(counter, items[0].parameter("w"), line.header);
  }
}

void read_used(Counters& counters, const Line& line) {
  if (read_fraction(counters, counter_of(counters, line), line.value, line)) return;
  const auto texts = words_of(line.value, ",");
  for (std::size_t i = 0; i < texts.size() && i < kMostItems; ++i) {
    auto& counter = counter_at(counters, line, i);
    counters.used(counter, texts[i], line.header);
    if (texts.size() == 2) give_quarter_hour_and_day(counter, i, counters.now());
  }
}

void read_resets(Counters& counters, const Line& line) {
  const auto texts = words_of(line.value, ",");
  const bool is_list = texts.size() > 1 && std::ranges::all_of(texts, [](std::string_view text) {
                         return number_in(trimmed(text)).has_value();
                       });
  if (!is_list)
    return counters.reset(counter_of(counters, line), line.value, line.header, line.name.in_milliseconds);
  for (std::size_t i = 0; i < texts.size() && i < kMostItems; ++i)
    counters.reset(counter_at(counters, line, i), texts[i], line.header, line.name.in_milliseconds);
}

// A header that says all of its limits: the draft's RateLimit, `total=100; remaining=99`, `32/40`.
void read_all(Counters& counters, const Line& line) {
  const bool plain = line.name.bucket.empty();
  if (plain && line.value.find('=') == std::string_view::npos) {
    auto& counter = counter_of(counters, line);
    if (read_fraction(counters, counter, line.value, line)) return;
    if (line.value.find(';') == std::string_view::npos)
      return counters.limit(counter, line.value, line.header);
  }
  for (const auto& item : items_of(line.value)) {
    bool fractions = false;
    for (const auto& [key, value] : item.parameters) {
      if (value.find('/') == std::string_view::npos) continue;
      fractions = read_fraction(counters, counters.of(line.name.family, key), value, line) || fractions;
    }
    const auto bucket = plain ? item.name : std::string_view(line.name.bucket);
    if (!fractions && !item.parameters.empty())
      read_item(counters, counters.of(line.name.family, bucket), item, line.header);
  }
}

void read_line(Counters& counters, const Line& line) {
  switch (line.name.says) {
    case Says::all:
      return read_all(counters, line);
    case Says::limit:
      return read_limits(counters, line);
    case Says::remaining:
      return read_remaining(counters, line);
    case Says::used:
      return read_used(counters, line);
    case Says::reset:
    case Says::reset_after:
      return read_resets(counters, line);
    case Says::window:
      return counters.window(counter_of(counters, line), line.value, line.header, line.name.in_milliseconds);
    case Says::policy:
      return read_policies(counters, line, items_of(line.value));
    case Says::bucket:
    case Says::retry_after:
      return;
  }
}

// The bucket that the reply is about, where a header of its own names it.
using BucketNames = std::map<std::string, std::string, std::less<>>;  // by family

void name_buckets(const BucketNames& names, std::vector<ToldLimit>& limits) {
  for (auto& limit : limits) {
    if (const auto named = names.find(limit.name); named != names.end()) limit.name += " " + named->second;
  }
}

// What does not count yet, where the vendor tells the same in earnest too.
void drop_informational(std::deque<Counter>& counters) {
  const auto is_informational = [](const Counter& counter) {
    return counter.family.starts_with(kInformational);
  };
  const bool earnest = std::ranges::any_of(counters, [&](const Counter& counter) {
    return !is_informational(counter) && counter.family == "ratelimit";
  });
  if (earnest) std::erase_if(counters, is_informational);
}

}  // namespace

bool is_refusal(int status) { return status == 429 || status == 403 || status == 503; }

WallTime moment_of(const HeaderList& headers, WallTime now) {
  for (const auto& [name, value] : headers) {
    if (name == "date") return read_moment(trimmed(value), now).value_or(now);
  }
  return now;
}

void read_retry_after(const HeaderList& headers, WallTime now, ToldLimits& told) {
  bool own = false;
  for (const auto& [header, value] : headers) {
    if (!header.ends_with("retry-after") || trimmed(value).empty() || own) continue;
    const auto wait = read_wait(value, now);
    if (!wait || trimmed(value).front() == '-')
      told.nonsense.push_back({Of::retry_after, header + ": " + value});
    if (!wait) continue;
    own = header == "retry-after";
    told.retry_after = own ? wait : std::max(told.retry_after.value_or(*wait), *wait);
  }
}

ToldLimits read_told_limits(int status, const HeaderList& headers, WallTime now) {
  // Most vendors tell nothing, and each reply is read.
  const bool tells = std::ranges::any_of(headers, [](const auto& header) {
    return may_tell(header.first) || header.first.ends_with("retry-after");
  });
  if (!tells) return {};
  now = moment_of(headers, now);
  Counters counters(is_refusal(status), now);
  BucketNames names;
  for (const auto& [header, value] : headers) {
    const auto name = read_limit_name(header);
    if (!name || name->says == Says::retry_after) continue;
    if (value.size() > kLongestValue) {
      counters.nonsense(Of::limit, value, header);
    } else if (name->says == Says::bucket) {
      names.emplace(name->family, value);
    } else {
      read_line(counters, {*name, header, value});
    }
  }
  drop_informational(counters.all());
  give_documented_windows(headers, counters.all());
  ToldLimits told;
  told.limits = joined(std::move(counters.all()));
  name_buckets(names, told.limits);
  told.nonsense = counters.take_nonsense();
  read_retry_after(headers, now, told);
  for (auto& limit : told.limits) {
    if (is_refusal(status) && limit.remaining == 0 && !limit.reset_in) limit.reset_in = told.retry_after;
  }
  return told;
}

}  // namespace fanout
