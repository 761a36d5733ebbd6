#include "forecast/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

struct Rough {
  std::string number;
  std::string unit;
};

std::string tenths(double value) {
  return value < 9.95 ? fmt::format("{:g}", std::round(value * 2) / 2) : fmt::format("{:.0f}", value);
}

Rough rough(milliseconds duration) {
  const double s = std::max(std::chrono::duration<double>(duration).count(), 1.0);
  if (s < 30) return {fmt::format("{:.0f}", std::ceil(s)), "s"};
  if (s < 87.5) return {fmt::format("{:.0f}", std::round(s / 5) * 5), "s"};
  if (s < 600) return {tenths(s / 60), "min"};
  if (s < 99.5 * 60) return {fmt::format("{:.0f}", s / 60), "min"};
  if (s < 47.5 * 3600) return {tenths(s / 3600), "h"};
  return {tenths(s / 86400), "days"};
}

}  // namespace

std::string roughly(milliseconds duration) {
  const auto [number, unit] = rough(duration);
  return number + " " + unit;
}

std::string about(double calls) {
  const double digits = std::pow(10, std::max(std::floor(std::log10(std::max(calls, 1.0))) - 1, 0.0));
  const auto number = fmt::format("{:.0f}", std::round(calls / digits) * digits);
  std::string text = "about ";
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > 0 && (number.size() - i) % 3 == 0) text += ',';
    text += number[i];
  }
  return text;
}

std::string left_text(const std::optional<TimeLeft>& left) {
  if (!left) return "no forecast yet";
  const auto [low, low_unit] = rough(left->low);
  const auto [high, high_unit] = rough(left->high);
  const auto text = fmt::format("about {} left", roughly(left->median));
  if (low == high && low_unit == high_unit) return text;
  return fmt::format("{} ({}{}–{} {})", text, low, low_unit == high_unit ? "" : " " + low_unit, high,
                     high_unit);
}

}  // namespace fanout
