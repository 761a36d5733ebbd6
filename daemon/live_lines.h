// Lines on a terminal that are drawn over again, below whatever else is written there.
//
// Any thread. Each drawing is one write, old text is overwritten rather than cleared first: nothing flickers.
// The cursor is left below the lines at all times, so that a terminal is as usual however the process ends.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace fanout {

class LiveLines {
 public:
  // terminal: its file descriptor.
  explicit LiveLines(int terminal) : terminal_(terminal) {}

  static bool possible_on(int file);

  void draw(std::vector<std::string> lines);
  void erase();
  // Takes the lines away while something else writes to the terminal, then draws them below it.
  void make_way(const std::function<void()>& write);

 private:
  std::string drawing() const;
  std::string back_to_first() const;
  void put(const std::string& text) const;

  int terminal_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
  std::size_t drawn_ = 0;  // lines on the terminal now
};

// How wide a terminal is; of what is none, nothing.
std::size_t terminal_width(int file);

}  // namespace fanout
