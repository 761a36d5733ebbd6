// What may be used of the limits that a vendor tells, where a share of them is ours and the rest is left to
// others with the same key.
//
// Of a limit that is told the other part stays unused. Where only what remains is told, the most that was
// told since it last rose stands for the limit: a share of what remains would leave less to others with each
// reply. Owned by a dispatcher, on the loop, told the time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "limit/told_limit.h"

namespace fanout {

class ToldShare {
 public:
  ToldLimits of(ToldLimits told, double share, MonoTime now);

 private:
  struct Remaining {
    std::int64_t most = 0;
    std::int64_t latest = 0;
    std::optional<MonoTime> reset;
  };

  std::int64_t most_of(const ToldLimit& limit, MonoTime now);

  std::map<std::string, Remaining> remaining_;  // by name of the limit
};

}  // namespace fanout
