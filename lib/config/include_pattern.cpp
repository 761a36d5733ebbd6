#include "config/include_pattern.h"

#include <fnmatch.h>

#include <algorithm>

namespace fanout {
namespace {

namespace fs = std::filesystem;

bool is_pattern(const std::string& part) { return part.find_first_of("*?[") != std::string::npos; }

class Search {
 public:
  explicit Search(const fs::path& pattern) {
    for (const fs::path& part : pattern.relative_path()) parts_.push_back(part.string());
  }

  // chosen: `at` was found by a pattern, so that what is not below it is not missed.
  void go_on(const fs::path& at, std::size_t part, bool chosen) {
    if (part == parts_.size()) {
      if (!chosen || fs::exists(at, ignored_)) found_.files.push_back(at);
    } else if (!is_pattern(parts_[part])) {
      go_on(at / parts_[part], part + 1, chosen);
    } else {
      look_into(at, part, chosen);
    }
  }
  Included take() {
    std::ranges::sort(found_.files);
    return std::move(found_);
  }

 private:
  void look_into(const fs::path& folder, std::size_t part, bool chosen) {
    std::error_code wrong;
    fs::directory_iterator entries(folder, wrong);
    for (; !wrong && entries != fs::directory_iterator(); entries.increment(wrong)) {
      const fs::path name = entries->path().filename();
      if (::fnmatch(parts_[part].c_str(), name.c_str(), FNM_PERIOD) == 0)
        go_on(folder / name, part + 1, true);
    }
    const bool not_there =
        wrong == std::errc::no_such_file_or_directory || wrong == std::errc::not_a_directory;
    if (wrong && !(chosen && not_there)) found_.unread.push_back(folder.string() + ": " + wrong.message());
  }

  std::vector<std::string> parts_;
  Included found_;
  std::error_code ignored_;
};

}  // namespace

Included included_by(const fs::path& folder, const std::string& pattern) {
  const fs::path path = folder / pattern;
  Search search(path);
  search.go_on(path.root_path(), 0, false);
  return search.take();
}

}  // namespace fanout
