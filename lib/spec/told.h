// How a vendor tells of its limits, where its dialect is not one that is known: [vendor.X.told]. A value.
#pragma once

#include <array>
#include <string>
#include <utility>

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

// As they are written.
inline constexpr std::array kToldKeys{
    std::pair{"limit", &ToldSpec::limit}, std::pair{"remaining", &ToldSpec::remaining},
    std::pair{"reset", &ToldSpec::reset}, std::pair{"window", &ToldSpec::window},
    std::pair{"cost", &ToldSpec::cost}};

}  // namespace fanout
