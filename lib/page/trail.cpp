#include "page/trail.h"

#include <fmt/format.h>

#include <charconv>

namespace fanout {
namespace {

template <typename Number>
bool take(std::string_view& text, Number& into, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

}  // namespace

std::string trail_text(const Trail& trail) {
  return fmt::format("{} {} {:x} {:x}", trail.step, trail.items, trail.before, trail.earlier);
}

std::optional<Trail> trail_of(std::string_view text) {
  Trail trail;
  const bool reads = take(text, trail.step, 10) && take(text, trail.items, 10) &&
                     take(text, trail.before, 16) && take(text, trail.earlier, 16);
  if (!reads || trail.step < 0 || trail.items < 0) return std::nullopt;
  return trail;
}

}  // namespace fanout
