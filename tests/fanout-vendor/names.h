// The names that the tree's items bear: plain ("troop-3"), or hostile, one of every kind that has broken a
// file name, a URL, a log line or a shell. Pure; the same id has always the same name, and siblings share
// some of them, as at a real vendor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanout_vendor {

std::string hostile_name(std::string_view level, std::uint64_t id);

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace fanout_vendor
