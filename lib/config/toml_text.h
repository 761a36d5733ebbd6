// TOML text to a tree of nodes; the one place that knows the TOML library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/complaints.h"
#include "config/node.h"

namespace fanout {

// Nothing for text that is no TOML; the complaint then carries the parser's message and place.
std::optional<Node> parse_toml(std::string_view text, const std::string& file, Complaints& complaints);

}  // namespace fanout
