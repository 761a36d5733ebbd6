// A limit of some of a vendor's requests: [[vendor.X.limit]]. Checked and complete. A value.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "spec/calendar_quota.h"
#include "spec/hours.h"
#include "spec/level.h"
#include "spec/template.h"

namespace fanout {

struct FinerLimitSpec {
  std::string name;
  std::vector<std::string> levels;     // empty: all
  std::string path;                    // that the path of a level begins with, as it is written; empty: any
  std::optional<Template> per;         // each value of it has a limit of its own
  std::vector<Rate> rates;             // every window holds at once
  std::optional<CalendarQuota> quota;  // beside them
  int burst = 1;
  std::optional<int> concurrency;  // in flight at once; 0: nothing goes
  std::optional<int> cost;         // of each request; absent: its level's
  std::optional<Hours> quiet;      // it binds only then
  int largest_cost = 1;            // of any of its requests

  // It is the whole vendor's.
  bool binds_all() const { return levels.empty() && path.empty() && !per; }
  friend bool operator==(const FinerLimitSpec& a, const FinerLimitSpec& b) {
    const auto text = [](const FinerLimitSpec& limit) {
      return limit.per ? limit.per->text() : std::string();
    };
    return a.name == b.name && a.levels == b.levels && a.path == b.path && text(a) == text(b) &&
           a.rates == b.rates && a.quota == b.quota && a.burst == b.burst && a.concurrency == b.concurrency &&
           a.cost == b.cost && a.quiet == b.quiet && a.largest_cost == b.largest_cost;
  }
  // As far as level and path say; with `per` a level also needs what that names.
  bool matches(const Level& level) const {
    const bool named = levels.empty() || std::ranges::find(levels, level.name) != levels.end();
    return named && level.path.text().starts_with(path);
  }
};

// The one of these rates that leaves nothing for this one to bind; null: there is none.
inline const Rate* stricter(const Rate& rate, const std::vector<Rate>& rates) {
  const auto found = std::ranges::find_if(rates, [&](const Rate& other) {
    return other.window >= rate.window && other.limit <= rate.limit && !(other == rate);
  });
  return found == rates.end() ? nullptr : &*found;
}

}  // namespace fanout
