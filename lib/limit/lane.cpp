#include "limit/lane.h"

namespace fanout {
namespace {

constexpr milliseconds kYears = std::chrono::hours(24 * 365 * 2);

}  // namespace

std::int64_t Lane::room(MonoTime now, MonoTime until) const {
  return std::min(pace.room(now, until), window.room(now, until));
}

// Each window goes as the one before it: what left at its begin may leave again at its end, at the same pace.
std::int64_t Lane::turns_until(MonoTime now, MonoTime at) const {
  const auto [limit, length] = window.rate();
  const auto whole = (at - now) / microseconds(length);
  return whole * limit + std::min(room(now, at - whole * length), limit);
}

std::optional<milliseconds> Lane::time_for(std::int64_t count, MonoTime now) const {
  const auto [limit, length] = window.rate();
  const auto whole = (count - 1) / limit;
  if (whole > kYears / length) return std::nullopt;
  const auto in_last = count - whole * limit;
  const auto suffices = [&](milliseconds time) { return room(now, now + time) >= in_last; };
  milliseconds enough{1000};
  while (!suffices(enough)) {
    enough *= 2;
    if (enough > kYears) return std::nullopt;
  }
  // As exactly as anybody wants to know it.
  auto too_short = enough == milliseconds(1000) ? milliseconds(0) : enough / 2;
  while (enough - too_short > milliseconds(1) + enough / 1000) {
    const auto middle = too_short + (enough - too_short) / 2;
    (suffices(middle) ? enough : too_short) = middle;
  }
  return whole * length + enough;
}

void Lane::taken(MonoTime now, int cost) {
  window.taken(now, cost);
  pace.taken(now, cost);
}

SavedLimiter::Lane Lane::saved(std::int64_t leaving, MonoTime now, std::size_t most) const {
  return {window.rate().window, std::chrono::ceil<milliseconds>(pace.due_after(leaving, now) - now),
          entries_of(window.arrivals(), now, most)};
}

void Lane::restore(const std::vector<SavedLimiter::Entry>& past, MonoTime then, MonoTime now) {
  const Rate rate = window.rate();
  window = Window(rate);
  for (const auto& entry : past) {
    if (then - entry.age + rate.window > now) window.arrived(then - entry.age, entry.count);
  }
}

}  // namespace fanout
