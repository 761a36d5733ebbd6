#include "base/line_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>

namespace fanout {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::StartsWith;

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~LineWriterTest() override {
    for (const int end : ends_) close(end);
  }

  static std::string confession(std::size_t dropped) { return std::to_string(dropped) + " dropped\n"; }
  // All that the pipe holds now, at least `bytes`.
  std::string read_some(std::size_t bytes) const {
    std::string text;
    while (text.size() < bytes) {
      std::array<char, 4096> part{};
      const auto length = read(ends_[0], part.data(), part.size());
      if (length <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(length));
    }
    return text;
  }
  void close_reader() {
    close(ends_[0]);
    ends_[0] = -1;
  }

  std::array<int, 2> ends_{-1, -1};
};

TEST_F(LineWriterTest, WritesLinesInTheirOrder) {
  LineWriter writer(ends_[1], confession);
  for (const auto* line : {"a\n", "b\n", "c\n"}) writer.put(line);
  EXPECT_EQ(read_some(6), "a\nb\nc\n");
  EXPECT_TRUE(writer.wait_until_written(std::chrono::seconds(10)));
}

TEST_F(LineWriterTest, HoldsNobodyUpWhenTheReaderHangsAndSaysLaterHowManyLinesItDropped) {
  LineWriter writer(ends_[1], confession, 200'000);
  const std::string line(999, 'x');
  // A pipe holds 64 KiB, the writer 200 kB: the rest of these 1,000 kB has no place.
  for (int i = 0; i < 1000; ++i) writer.put(line + "\n");
  EXPECT_FALSE(writer.wait_until_written(milliseconds(1)));
  std::string text;
  while (!text.ends_with("dropped\n")) text += read_some(1);
  const auto kept = text.find_last_of('x') / 1000 + 1;
  EXPECT_THAT(text, EndsWith("\n" + confession(1000 - kept)));
  EXPECT_GE(kept, 200u);
  EXPECT_LT(kept, 300u);
  writer.put("after\n");
  EXPECT_EQ(read_some(1), "after\n");
}

TEST_F(LineWriterTest, EndsThoughTheReaderHangs) {
  LineWriter writer(ends_[1], confession);
  for (int i = 0; i < 200; ++i) writer.put(std::string(1000, 'x'));
}

TEST_F(LineWriterTest, GoesOnWhenTheReaderIsGone) {
  LineWriter writer(ends_[1], confession);
  const auto before = signal(SIGPIPE, SIG_IGN);
  close_reader();
  writer.put("a\n");
  EXPECT_TRUE(writer.wait_until_written(std::chrono::seconds(10)));
  signal(SIGPIPE, before);
}

TEST_F(LineWriterTest, WritesWhatWaitsBeforeItEnds) {
  { LineWriter(ends_[1], confession).put("last words\n"); }
  EXPECT_THAT(read_some(1), StartsWith("last words"));
}

}  // namespace
}  // namespace fanout
