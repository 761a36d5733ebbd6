// Writes lines to a file on a thread of its own, so that a reader who hangs holds up nobody but that thread.
//
// Any thread may put; it never waits. What the reader does not take is kept up to a number of bytes; what
// comes then is dropped, counted, and said as soon as the reader takes lines again. A reader that is gone is
// none: what is written for it is dropped without a word.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace fanout {

class LineWriter {
 public:
  static constexpr std::size_t kMostBytes = 1 << 20;
  // What a line says that so many were dropped.
  using Confession = std::function<std::string(std::size_t)>;

  LineWriter(int file, Confession dropped, std::size_t most_bytes = kMostBytes);
  ~LineWriter();  // as wait_until_written, for a second
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void put(std::string line);
  // False if the reader has not taken all within that time.
  bool wait_until_written(std::chrono::milliseconds patience);

 private:
  void work();
  bool write(const std::string& line);
  bool reader_takes_more();

  int file_;
  Confession confession_;
  std::size_t most_bytes_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::condition_variable written_;
  std::deque<std::string> lines_;  // the first may be under way
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace fanout
