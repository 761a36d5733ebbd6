// Where an address of the vendor's leads (RFC 3986 §5), a redirect's or an item's, if that is the same
// origin. Pure; everything in it is the vendor's word.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/vendor.h"

namespace fanout {

inline constexpr std::size_t kLongestTarget = 8000;  // bytes; most servers refuse more than about 8 KiB

// The target of a redirect if it leads to the same origin, ready to be asked for. What auth adds to the query
// is left out, since it is added again when the request is signed.
std::optional<std::string> same_origin_target(const VendorSpec& vendor, const std::string& asked_target,
                                              std::string_view location);

// Without the parameters of that name in the target's query, however they are encoded there.
std::string without_parameter(std::string_view target, std::string_view name);

}  // namespace fanout
