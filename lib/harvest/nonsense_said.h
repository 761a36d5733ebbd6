// What a vendor tells of its limits that is none: counted, and each kind of it said in the log once.
//
// Owned by the vendor's dispatcher, on the loop.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/log.h"
#include "limit/told_limit.h"

namespace fanout {

class NonsenseSaid {
 public:
  void heard(const std::vector<Nonsense>& nonsense, const std::string& vendor, const Log& log);
  std::int64_t count() const;

 private:
  std::array<std::int64_t, kKindsOfNonsense> counts_{};
};

}  // namespace fanout
