// The SQL functions and tables that an expression may use; whatever else SQLite has, now or later, is
// refused. Pure.
#pragma once

#include <string_view>

namespace fanout {

// Those that depend on nothing but their arguments; chance, files, extensions and the like are not among
// them.
bool is_safe_function(std::string_view name);

// Besides those that the expression makes itself.
bool is_safe_table(std::string_view name);

}  // namespace fanout
