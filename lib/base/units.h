// Durations (`250ms 30s 5m 20h 7d`), sizes (`64KiB 10MiB`), rates (`100/1s`), percentages (`2.5%`) and UTC
// times, as text. Parsing returns nothing for text that is not one; the caller knows where it came from and
// says so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fanout {

// At most `limit` requests in any window of length `window`.
struct Rate {
  std::int64_t limit = 0;
  milliseconds window{0};
  friend bool operator==(const Rate&, const Rate&) = default;
};

std::optional<milliseconds> parse_duration(std::string_view text);
std::optional<std::int64_t> parse_size(std::string_view text);  // bytes
std::optional<Rate> parse_rate(std::string_view text);
std::optional<double> parse_percent(std::string_view text);  // "2.5%" is 2.5

std::string format_duration(milliseconds duration);  // "1h 12m", "850 ms": for people
std::string format_size(std::int64_t bytes);         // "1.2 MiB": for people
std::string format_rate(const Rate& rate);           // "100/1s": parses back

std::string format_utc(WallTime at);       // 2026-11-23T02:00:00.000Z
std::string format_utc_date(WallTime at);  // 2026-11-23

}  // namespace fanout
