// A forecast in words: `about 12 min left (9–20 min)`. Pure.
#pragma once

#include <optional>
#include <string>

#include "forecast/time_left.h"

namespace fanout {

// As precise as a forecast can be: `40 s`, `12 min`, `3.5 h`, `2 days`. Never less than a second.
std::string roughly(milliseconds duration);

// A number of calls, no more exactly than a forecast can be: `about 83,000`.
std::string about(double calls);

// `no forecast yet` where nothing can be said.
std::string left_text(const std::optional<TimeLeft>& left);

}  // namespace fanout
