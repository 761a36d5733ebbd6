#include "base/wording.h"

#include <algorithm>

#include "base/ascii.h"

namespace fanout {
namespace {

// Optimal string alignment: Levenshtein's distance with swaps of neighbours, by rows.
std::size_t slips(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1), above(to.size() + 1), row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[to.size()];
}

}  // namespace

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " " + std::string(last) + " " : std::string(", ");
    text += words[i];
  }
  return text;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string meant = lower(word.substr(0, 200));
  std::size_t fewest = (meant.size() + 2) / 3 + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = slips(meant, lower(candidate));
    // A word that shares nothing with what was written is not what was meant, however short it is.
    if (distance >= fewest || distance >= std::max(meant.size(), candidate.size())) continue;
    fewest = distance;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         const std::string& otherwise) {
  const std::string best = nearest(word, candidates);
  if (!best.empty()) return "did you mean " + in_quotes(best) + "?";
  return candidates.empty() || otherwise.empty() ? "" : otherwise + " " + listed(candidates);
}

}  // namespace fanout
