// A program that a test starts. It is ended by its id at the latest when this is destroyed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fanout::test {

struct Command {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> environment{};  // besides that of the test
  std::filesystem::path folder{};                                  // where it runs; empty: here
  std::filesystem::path output{};  // gets what it says, both streams; empty: nowhere
};

class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  pid_t id() const { return id_; }
  bool running();
  void signal(int number) const;
  // Its exit code, or 128 and the signal that ended it. Waits for its end as long as it takes; see
  // ends_within.
  int wait();
  bool ends_within(std::chrono::milliseconds time);

 private:
  pid_t id_ = -1;
  int pidfd_ = -1;
  std::optional<int> code_;
};

struct Ended {
  int code = 0;
  std::string output;  // both streams
};
// Runs it to its end; one that takes longer than `limit` is killed and fails the test.
Ended run(Command command, std::chrono::milliseconds limit = std::chrono::seconds(60));

// True as soon as the condition is; false once the time is over. It is looked at every few milliseconds.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds time = std::chrono::seconds(30));

// A port of this machine on which nobody listens. It is nobody's for a moment: use it at once.
std::string free_port();

}  // namespace fanout::test
