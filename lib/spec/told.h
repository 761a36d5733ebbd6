// How a vendor tells of its limits, where its dialect is not one that is known: [vendor.X.told]. A value.
#pragma once

#include <string>

namespace fanout {

// SQL over status, body, header('name'); empty: not told.
struct ToldSpec {
  std::string limit;
  std::string remaining;
  std::string reset;   // seconds, a duration or a moment
  std::string window;  // seconds, a duration or a word
  std::string cost{};  // what the request counts for, beside whatever tells of the limits

  // Its limits are told as others tell them.
  bool empty() const { return limit.empty() && remaining.empty() && reset.empty() && window.empty(); }
};

}  // namespace fanout
