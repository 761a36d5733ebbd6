// How long a vendor asks for quiet, in every form that is in use.
//
// Retry-After as delta-seconds or HTTP date (RFC 9110 §10.2.3), as unix epoch in seconds or milliseconds, as
// a duration ("30s"); and where it is absent the headers that say when a window ends: RateLimit-Reset,
// X-RateLimit-Reset, X-Rate-Limit-Reset (delta or epoch) and X-Rate-Limit-Window (the window's length).
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace fanout {

// header: gives the value of a header by its lower-case name, empty if there is none.
// Never negative, and never longer than a day: a vendor's slip must not stop us for a year.
std::optional<milliseconds> read_retry_after(const std::function<std::string_view(std::string_view)>& header,
                                             WallTime now);

}  // namespace fanout
