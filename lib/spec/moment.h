// The forms in which vendors ask for a moment, and where a first run's `{run.since}` begins. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace fanout {

// What may follow `{run.since` and `{run.at`, such as "rfc3339" of `{run.since.rfc3339}`; without any, it is
// unix seconds.
const std::vector<std::string>& moment_forms();

// zone: of the local forms, an IANA name. form: one of moment_forms(), or empty.
std::optional<std::string> format_moment(WallTime at, std::string_view form, const std::string& zone);

// first_since: what `{run.since}` is as long as no run was complete.
struct FirstSince {
  std::optional<WallTime> at;
  milliseconds ago{0};  // before the run's start; used where `at` is empty

  WallTime of_run(WallTime started) const { return at ? *at : started - ago; }
  // "2024-01-01", "2024-01-01T06:00:00Z" or a duration, "30d".
  static std::optional<FirstSince> parse(const std::string& text);
  friend bool operator==(const FirstSince&, const FirstSince&) = default;
};

}  // namespace fanout
