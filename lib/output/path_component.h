// What a vendor calls something, as one component of a path. Pure.
#pragma once

#include <cstddef>
#include <string>

namespace fanout {

inline constexpr std::size_t kLongestComponent = 200;  // bytes; leaves room for what a part's name adds

// Safe whatever a vendor sent: never empty, "." or "..", valid UTF-8 without separators and control
// characters, no dot in front (such names are for unfinished files) and no hyphen (a tool would take it for
// an option), at most kLongestComponent bytes. What had to be changed ends in ~ and a hash of the whole, and
// so does whatever looks like that by itself: two names stay two.
std::string safe_component(std::string name);

// A component that was put together of several. `ending` is kept whatever else goes.
std::string short_component(std::string component, const std::string& ending = {});

}  // namespace fanout
