// The origin that a vendor answers at, and the path in front of all of its paths. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/spec.h"

namespace fanout {

// "https://oracle.example:8443/rest". Nothing for text that is none; *why then says what is wrong, without
// repeating a password.
std::optional<BaseUrl> parse_base_url(std::string_view text, std::string* why);

}  // namespace fanout
