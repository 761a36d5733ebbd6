#include "store/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.h"

namespace fanout {
namespace {

std::filesystem::path lock_path(const std::filesystem::path& state_dir) { return state_dir / "fanoutd.lock"; }

std::string content_of(int file) {
  char text[256];
  const auto length = pread(file, text, sizeof text, 0);
  std::string content(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!content.empty() && content.back() == '\n') content.pop_back();
  return content.empty() ? "a process that has not said who it is" : content;
}

Error cannot_write(const std::filesystem::path& state_dir, const std::string& why) {
  return Error(fmt::format("cannot write to the state directory {}: {}", state_dir.string(), why),
               fmt::format("give it to this user (chown $USER '{0}'), or choose another with --state-dir",
                           state_dir.string()));
}

}  // namespace

StateLock::StateLock(const std::filesystem::path& state_dir, const std::string& since) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  if (error) throw cannot_write(state_dir, error.message());
  file_ = open(lock_path(state_dir).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) throw cannot_write(state_dir, std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const auto who = content_of(file_);
    close(file_);
    throw Error(fmt::format("the state directory {} is in use by {}", state_dir.string(), who),
                "one daemon per state directory: steer the running one with fanoutctl, or stop it first");
  }
  const auto who = fmt::format("process {} since {}\n", getpid(), since);
  if (ftruncate(file_, 0) != 0 ||
      pwrite(file_, who.data(), who.size(), 0) != static_cast<ssize_t>(who.size())) {
    // Only the courtesy of saying who we are is lost: the lock itself holds.
  }
}

StateLock::~StateLock() {
  if (file_ >= 0) close(file_);
}

std::optional<std::string> StateLock::holder(const std::filesystem::path& state_dir) {
  const int file = open(lock_path(state_dir).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == EACCES) return "a process that this user may not see";
  if (file < 0) return std::nullopt;
  std::optional<std::string> who;
  if (flock(file, LOCK_SH | LOCK_NB) != 0) who = content_of(file);
  close(file);
  return who;
}

}  // namespace fanout
