// The SQL functions that an expression may use. Pure.
#pragma once

#include <string_view>

namespace fanout {

// Those that depend on nothing but their arguments; chance, files, extensions and the like are not among
// them.
bool is_safe_function(std::string_view name);

}  // namespace fanout
