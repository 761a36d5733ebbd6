#include "daemon/live_lines.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "daemon/layout.h"

namespace fanout {
namespace {

struct Size {
  std::size_t width = 80;
  std::size_t height = 24;
};

Size size_of(int terminal) {
  winsize size{};
  if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace

std::size_t terminal_width(int file) { return isatty(file) != 0 ? size_of(file).width : 0; }

bool LiveLines::possible_on(int file) {
  const char* term = std::getenv("TERM");
  return isatty(file) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

void LiveLines::draw(std::vector<std::string> lines) {
  const std::lock_guard guard(mutex_);
  // One row is left for the cursor; a line that breaks would put the next drawing in the wrong place.
  const auto [width, height] = size_of(terminal_);
  if (lines.size() + 1 > height) lines.resize(height - 1);
  for (auto& line : lines) line = fit(line, width - 1);
  lines_ = std::move(lines);
  const auto text = back_to_first() + drawing();
  drawn_ = lines_.size();
  put(text);
}

void LiveLines::erase() {
  const std::lock_guard guard(mutex_);
  lines_.clear();
  if (drawn_ > 0) put(back_to_first() + "\033[J");
  drawn_ = 0;
}

void LiveLines::make_way(const std::function<void()>& write) {
  const std::lock_guard guard(mutex_);
  if (drawn_ > 0) put(back_to_first() + "\033[J");
  write();
  put(drawing());
  drawn_ = lines_.size();
}

std::string LiveLines::back_to_first() const {
  return drawn_ == 0 ? std::string() : fmt::format("\r\033[{}A", drawn_);
}

std::string LiveLines::drawing() const {
  std::string text;
  for (const auto& line : lines_) text += line + "\033[K\n";
  return lines_.size() < drawn_ ? text + "\033[J" : text;
}

void LiveLines::put(const std::string& text) const {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = write(terminal_, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) return;  // the terminal is gone; the work is not
    if (written > 0) at += static_cast<std::size_t>(written);
  }
}

}  // namespace fanout
