#include "forecast/pages.h"

#include <algorithm>

namespace fanout {
namespace {

constexpr double kWeightOfFirst = 2;  // of what first pages say about further ones, in pages
constexpr double kSurelyGoesOn = 0.9995;

}  // namespace

ListLength list_length(const LevelSums& level, bool told) {
  ListLength length;
  if (level.pages_of_first + level.pages_of_further <= 0) return length;
  if (level.first > 0) length.after_first = level.pages_of_first / level.first;
  double ends = std::max(level.first, 0.5);
  if (!told && (level.pages_of_further > 0 || length.after_first <= 1)) {
    // One comes after the other. Until some have shown how often, as often as after a first one.
    const double usual = std::min((level.pages_of_first + 0.5) / (level.first + 1), 1.0);
    const double weight = level.first > 0 ? kWeightOfFirst : 0;
    const double goes_on =
        std::min((level.pages_of_further + weight * usual) / (level.further + weight), kSurelyGoesOn);
    length.with_further = 1 / (1 - goes_on);
    length.after_first *= length.with_further;
    ends = std::max(level.first * (1 - usual) + level.further * (1 - goes_on), 0.5);
    length.variance = kWeightOfFirst / (kWeightOfFirst + level.further) / 4;
  }
  length.variance += 1 / ends;
  return length;
}

}  // namespace fanout
