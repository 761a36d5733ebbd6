// Where a redirect leads (RFC 3986 §5), if that is the same origin. Pure; everything in it is the vendor's word.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/vendor.h"

namespace fanout {

// The target of a redirect if it leads to the same origin, ready to be asked for.
std::optional<std::string> same_origin_target(const VendorSpec& vendor, const std::string& asked_target,
                                              std::string_view location);

}  // namespace fanout
