// What the ancestors of a task kept, by name, each as the text that a template puts into a request. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanout {

// Of `parents`: {"troop":{"id":3.10}} gives {"troop.id", "3.10"}. A number stays the text that it is;
// objects, lists and null are left out. Empty for what is no JSON, which only a hand can have written.
std::vector<std::pair<std::string, std::string>> kept_fields(std::string_view parents);

}  // namespace fanout
