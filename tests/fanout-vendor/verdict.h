// What the vendor decided about one request when it arrived. A plain value: made by the Judge, carried out by
// a Connection, counted by the Ledger.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tree.h"

namespace fanout_vendor {

enum class Why {
  ok,
  too_many,
  server_error,
  reset,
  stall,
  truncate,
  malformed,
  outage,
  unauthorized,
  not_found,
  bad_request,
  bad_method,
};
constexpr std::array<std::string_view, 12> kWhyNames{
    "ok", "429", "500", "reset", "stall", "truncate", "malformed", "outage", "401", "404", "400", "405"};
constexpr std::string_view why_name(Why why) { return kWhyNames[static_cast<std::size_t>(why)]; }

struct Verdict {
  std::uint64_t number = 0;  // of the request, from 1 in order of arrival
  Instant at{};              // when it arrived; never before the one before it
  Why why = Why::ok;
  int status = 200;  // 0: no answer is sent
  Found found;
  std::size_t in_flight = 0;  // this one included
  Duration latency{};         // before the answer
  // With a 429: until there is room, and how long the window is that refused it.
  std::optional<Duration> retry_after;
  Duration refusing_window{};
};

}  // namespace fanout_vendor
