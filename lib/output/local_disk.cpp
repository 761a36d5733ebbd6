#include "output/local_disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/ownership.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

std::string hint_for(int error, const fs::path& path) {
  switch (error) {
    case EACCES:
    case EPERM:
      if (auto hint = ownership_hint(path.parent_path()); !hint.empty()) return hint;
      return "let the user that fanoutd runs as write there (chown, or ReadWritePaths= in the unit), then "
             "start it "
             "again";
    case EROFS:
      return "mount it for writing (mount -o remount,rw), or, if it is read-only to the service alone, name "
             "it with "
             "ReadWritePaths= in the unit; then start fanoutd again";
    case EIO:
      return "the disk or its file system is failing: see dmesg; what is settled is kept";
    case EMFILE:
    case ENFILE:
      return "allow more open files (LimitNOFILE= in the unit), then start fanoutd again";
    case EFBIG:
      return "files may not become this large here: set a smaller roll for this output";
    default:
      return "put it right, then start fanoutd again: it goes on where it was";
  }
}

[[noreturn]] void fail(int error, const char* operation, const fs::path& path) {
  const auto what = fmt::format("cannot {} {}: {}", operation, path.string(), std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      throw DiskFull(what);
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
    case ELOOP:
    case ENAMETOOLONG:
      throw NameTaken(what);
    default:
      throw Error(what, hint_for(error, path));
  }
}

template <typename Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

class LocalFile : public File {
 public:
  LocalFile(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {}

  void append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto written =
          uninterrupted([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
      if (written < 0) fail(errno, "write to", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  // A file's length is part of what fdatasync makes durable.
  void sync() override {
    if (uninterrupted([&] { return ::fdatasync(descriptor_.number()); }) < 0) fail(errno, "sync", path_);
  }

  void cut(std::int64_t length) override {
    if (uninterrupted([&] { return ::ftruncate(descriptor_.number(), length); }) < 0)
      fail(errno, "cut", path_);
  }

  std::int64_t size() const override { return status().st_size; }

  bool still_in_place() const override {
    struct stat named {};
    if (::lstat(path_.c_str(), &named) < 0) return false;
    const auto ours = status();
    return named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
  }

 private:
  struct stat status() const {
    struct stat found {};
    if (::fstat(descriptor_.number(), &found) < 0) fail(errno, "look at", path_);
    return found;
  }

  Descriptor descriptor_;
  fs::path path_;
};

int open_for_appending(const fs::path& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  return uninterrupted([&] { return ::open(path.c_str(), kFlags, 0644); });
}

// False if there is no such folder any more.
bool sync_names_in(const fs::path& folder) {
  const fs::path name = folder.empty() ? "." : folder;
  const Descriptor descriptor(
      uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (descriptor.number() < 0 && (errno == ENOENT || errno == ENOTDIR)) return false;
  if (descriptor.number() < 0) fail(errno, "open the folder", name);
  if (uninterrupted([&] { return ::fsync(descriptor.number()); }) < 0) fail(errno, "sync the folder", name);
  return true;
}

}  // namespace

std::unique_ptr<File> LocalDisk::open(const fs::path& path) {
  int descriptor = open_for_appending(path);
  if (descriptor < 0 && errno == ENOENT) {
    make_folder(path.parent_path());
    descriptor = open_for_appending(path);
  }
  if (descriptor < 0) fail(errno, "open", path);
  return std::make_unique<LocalFile>(descriptor, path);
}

void LocalDisk::make_folder(const fs::path& folder) {
  if (folder.empty()) return;
  int result = ::mkdir(folder.c_str(), 0755);
  if (result < 0 && errno == ENOENT && folder.has_parent_path()) {
    make_folder(folder.parent_path());
    result = ::mkdir(folder.c_str(), 0755);
  }
  if (result == 0) {
    made_.insert(folder);
  } else if (errno != EEXIST) {  // if that is no folder, opening the file in it says so
    fail(errno, "make the folder", folder);
  }
}

std::optional<std::string> LocalDisk::read(const fs::path& path) {
  const Descriptor descriptor(
      uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW); }));
  if (descriptor.number() < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor.number() < 0) fail(errno, "open", path);
  std::string text;
  std::array<char, 16 * 1024> some{};
  while (true) {
    const auto length = uninterrupted([&] { return ::read(descriptor.number(), some.data(), some.size()); });
    if (length < 0) fail(errno, "read", path);
    if (length == 0) return text;
    text.append(some.data(), static_cast<std::size_t>(length));
  }
}

std::optional<std::int64_t> LocalDisk::size_of(const fs::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return found.st_size;
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  fail(errno, "look at", path);
}

void LocalDisk::rename(const fs::path& from, const fs::path& to) {
  if (::renameat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()) < 0) {
    fail(errno, fmt::format("rename {} to", from.string()).c_str(), to);
  }
}

void LocalDisk::remove(const fs::path& path) {
  if (::unlinkat(AT_FDCWD, path.c_str(), 0) < 0 && errno != ENOENT) fail(errno, "remove", path);
}

void LocalDisk::sync_folder(const fs::path& folder) {
  if (!sync_names_in(folder)) return;
  for (fs::path above = folder; made_.contains(above); above = above.parent_path()) {
    sync_names_in(above.parent_path());
    made_.erase(above);
  }
}

}  // namespace fanout
