#include "sim/journal.h"

#include <fmt/format.h>

namespace fanout::sim {

void Journal::line(std::string_view text) {
  const auto now = timeline_.now().count();
  const auto whole = fmt::format("{}.{:06} {}", now / 1'000'000, now % 1'000'000, text);
  for (const char c : whole) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  ++lines_;
  if (show_) show_(whole);
}

void Journal::found(const std::string& what) {
  line("FOUND " + what);
  if (!finding_) finding_ = what;
}

}  // namespace fanout::sim
