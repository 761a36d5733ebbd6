// What some vendors say of their windows in their documentation only, for those that a header gives away.
// Private to reply/.
#pragma once

#include <deque>

#include "reply/header_words.h"
#include "reply/limit_counters.h"

namespace fanout {

void give_documented_windows(const HeaderList& headers, std::deque<Counter>& counters);

// Two limits in a list of used counts are Strava's: of a quarter of an hour and of a day, by the clock.
void give_quarter_hour_and_day(Counter& counter, std::size_t place, WallTime now);

}  // namespace fanout
