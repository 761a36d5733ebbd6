#include "support/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "support/temporary_folder.h"

namespace fanout::test {
namespace {

[[noreturn]] void become(const Command& command) {
  if (!command.folder.empty() && chdir(command.folder.c_str()) != 0) _exit(126);
  const std::string output = command.output.empty() ? "/dev/null" : command.output.string();
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = open("/dev/null", O_RDONLY);
  if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
  for (const auto& [name, value] : command.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  _exit(127);
}

}  // namespace

Process::Process(const Command& command) {
  id_ = fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ == 0) become(command);
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
}

Process::~Process() {
  if (id_ < 0) return;
  if (!code_) {
    signal(SIGKILL);
    wait();
  }
  if (pidfd_ >= 0) close(pidfd_);
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), pidfd_(std::exchange(other.pidfd_, -1)), code_(other.code_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(code_, other.code_);
  return *this;
}

bool Process::running() { return !ends_within(std::chrono::milliseconds(0)); }

void Process::signal(int number) const {
  if (!code_ && id_ > 0) kill(id_, number);
}

int Process::wait() {
  while (!code_) {
    int status = 0;
    if (waitpid(id_, &status, 0) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "waitpid");
    }
    if (WIFEXITED(status)) code_ = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) code_ = 128 + WTERMSIG(status);
  }
  return *code_;
}

bool Process::ends_within(std::chrono::milliseconds time) {
  if (code_) return true;
  pollfd ended{pidfd_, POLLIN, 0};
  if (poll(&ended, 1, static_cast<int>(time.count())) <= 0) return false;
  wait();
  return true;
}

Ended run(Command command, std::chrono::milliseconds limit) {
  const std::string name = testing::TempDir() + "fanout-output-XXXXXX";
  std::vector<char> path(name.begin(), name.end());
  path.push_back('\0');
  const int file = mkstemp(path.data());
  if (file < 0) throw std::system_error(errno, std::generic_category(), "mkstemp");
  close(file);
  command.output = path.data();
  Process process(command);
  const bool ended = process.ends_within(limit);
  if (!ended) process.signal(SIGKILL);
  Ended result{process.wait(), contents_of(command.output)};
  std::filesystem::remove(command.output);
  EXPECT_TRUE(ended) << command.words.front() << " took longer than " << limit.count() << " ms; it said:\n"
                     << result.output;
  return result;
}

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    poll(nullptr, 0, 5);
  }
  return true;
}

std::string free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), length), 0);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length);
  close(probe);
  return std::to_string(ntohs(address.sin_port));
}

}  // namespace fanout::test
