#include "store/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "base/ownership.h"

namespace fanout {

std::string way_out_for_folder(const std::filesystem::path& state_dir, int why) {
  switch (why) {
    case EROFS:
      return fmt::format(
          "the file system is read-only: choose another folder with --state-dir or state_dir. For the "
          "service every "
          "folder but its own is read-only; give it this one with ReadWritePaths={} in the unit",
          state_dir.string());
    case ENOSPC:
    case EDQUOT:
      return "free some space on that file system";
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return "choose another folder with --state-dir";
    default:
      if (auto hint = ownership_hint(state_dir); !hint.empty()) return hint;
      return fmt::format("give it to this user (chown $USER '{0}'), or choose another with --state-dir",
                         state_dir.string());
  }
}

namespace {

std::filesystem::path lock_path(const std::filesystem::path& state_dir) { return state_dir / "fanoutd.lock"; }

std::string content_of(int file) {
  char text[256];
  const auto length = pread(file, text, sizeof text, 0);
  std::string content(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!content.empty() && content.back() == '\n') content.pop_back();
  return content.empty() ? "a process that has not said who it is" : content;
}

Error cannot_write(const std::filesystem::path& state_dir, int why) {
  return Error(
      fmt::format("cannot write to the state directory {}: {}", state_dir.string(), std::strerror(why)),
      way_out_for_folder(state_dir, why));
}

constexpr const char* kOneEach =
    "one daemon per state directory: steer the running one with fanoutctl, or stop it first";

}  // namespace

StateLock::StateLock(const std::filesystem::path& state_dir, const std::string& since) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  if (error) throw cannot_write(state_dir, error.value());
  locked_.emplace_back(lock_path(state_dir), O_RDWR | O_CREAT);
  const int file = locked_.front().number();
  if (file < 0) throw cannot_write(state_dir, errno);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    throw Error(fmt::format("the state directory {} is in use by {}", state_dir.string(), content_of(file)),
                kOneEach);
  }
  lock_folder(state_dir);
  lock_folder(state_dir / "out");
  const auto who = fmt::format("process {} since {}\n", getpid(), since);
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, who.data(), who.size(), 0) != static_cast<ssize_t>(who.size())) {
    // Only the courtesy of saying who we are is lost: the lock itself holds.
  }
}

void StateLock::lock_folder(const std::filesystem::path& folder) {
  locked_.emplace_back(folder, O_RDONLY | O_DIRECTORY);
  const int file = locked_.back().number();
  if (file < 0) return;  // there are no outputs yet
  // A file system that locks no folders leaves it at the lock of the file.
  if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(
        fmt::format("{} is in use by another daemon", std::filesystem::weakly_canonical(folder).string()),
        kOneEach);
  }
}

StateLock::OpenFile::OpenFile(const std::filesystem::path& path, int flags)
    : number_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {}

StateLock::OpenFile::~OpenFile() {
  if (number_ >= 0) close(number_);
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
