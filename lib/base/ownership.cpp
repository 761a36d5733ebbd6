#include "base/ownership.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace fanout {
namespace {

std::string name_of(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? std::string(found->pw_name) : std::to_string(user);
}

std::optional<uid_t> user_of(const std::filesystem::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return std::nullopt;
  return found.st_uid;
}

}  // namespace

std::string owner_of(const std::filesystem::path& file) {
  const auto user = user_of(file);
  return user ? name_of(*user) : std::string();
}

std::string this_user() { return name_of(geteuid()); }

std::string ownership_hint(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    files.push_back(each->path());
  }
  std::ranges::sort(files);
  files.insert(files.begin(), folder);
  for (const auto& file : files) {
    const auto user = user_of(file);
    if (!user || eaccess(file.c_str(), W_OK) == 0) continue;
    return fmt::format("{} belongs to {}: give all of it to the user who is to use it (chown -R {}: '{}')",
                       file.string(), name_of(*user), this_user(), folder.string());
  }
  return {};
}

}  // namespace fanout
