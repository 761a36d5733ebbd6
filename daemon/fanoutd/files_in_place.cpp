#include "daemon/fanoutd/files_in_place.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

namespace fanout {

FilesInPlace::FilesInPlace(const std::filesystem::path& database)
    : paths_{database.parent_path(), database, database.string() + "-wal",
             database.parent_path() / "fanoutd.lock"},
      log_(paths_[2]) {
  what_is_gone();
}

std::string FilesInPlace::what_is_gone() {
  for (const auto& path : paths_) {
    const auto known = known_.find(path);
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) {
      if (known != known_.end() || path != log_)
        return fmt::format("{} was removed or moved away", path.string());
      continue;
    }
    const Identity identity{found.st_dev, found.st_ino};
    if (known == known_.end()) {
      known_.emplace(path, identity);
    } else if (known->second != identity) {
      return fmt::format("{} was replaced by another", path.string());
    }
  }
  return {};
}

}  // namespace fanout
