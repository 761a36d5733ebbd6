#include "reply/documented_windows.h"

#include <algorithm>
#include <string_view>

namespace fanout {
namespace {

struct Documented {
  std::string_view family;
  std::string_view bucket;  // is in its name
  std::string_view header;  // is there; empty: the family says enough
  std::string_view begins;  // … and begins so
  milliseconds window;
};

constexpr Documented kDocumented[] = {
    {"x-amzn-ratelimit", "", "", "", seconds(1)},
    {"anthropic-ratelimit", "requests", "", "", std::chrono::minutes(1)},
    // A bucket that leaks empty in so long, in every plan.
    {"x-shopify-shop-api-call-limit", "", "", "", seconds(20)},
    {"sforce-limit-info", "api-usage", "", "", std::chrono::hours(24)},
    {"x-ratelimit", "", "x-ratelimit-resource", "core", std::chrono::hours(1)},  // GitHub
    {"ratelimit", "", "ratelimit-observed", "", std::chrono::minutes(1)},        // GitLab
    {"x-ratelimit", "", "ratelimit-reason", "jira-quota", std::chrono::hours(1)},
    {"x-ratelimit", "", "ratelimit-reason", "jira-burst", seconds(1)},
};

bool speaks_of(const Documented& row, const Counter& counter, const HeaderList& headers) {
  if (row.family != counter.family || counter.bucket.find(row.bucket) == std::string::npos) return false;
  return row.header.empty() || std::ranges::any_of(headers, [&](const auto& header) {
           return header.first == row.header && header.second.starts_with(row.begins);
         });
}

}  // namespace

void give_documented_windows(const HeaderList& headers, std::deque<Counter>& counters) {
  for (auto& counter : counters) {
    if (counter.window) continue;
    const auto* row =
        std::ranges::find_if(kDocumented, [&](const auto& d) { return speaks_of(d, counter, headers); });
    if (row != std::end(kDocumented)) counter.window = row->window;
  }
}

void give_quarter_hour_and_day(Counter& counter, std::size_t place, WallTime now) {
  const milliseconds window = place == 0 ? milliseconds(std::chrono::minutes(15)) : std::chrono::hours(24);
  if (!counter.window) counter.window = window;
  if (!counter.reset) counter.reset = ResetIn{window - now.time_since_epoch() % window, true};
}

}  // namespace fanout
