// Words for messages: quotes, lists, and "did you mean". Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanout {

std::string in_quotes(std::string_view text);

// `a, b and c`.
std::string listed(const std::vector<std::string>& words, std::string_view last = "and");

// The candidate with the fewest slips of the pen from `word`, where a slip adds, drops, changes or swaps one
// letter. Empty if even that one is too far away to be what was meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// As a hint: `did you mean "retry"?`. Where nothing is near, `otherwise` and all that there is; or nothing if
// that is empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         const std::string& otherwise = "there is");

}  // namespace fanout
