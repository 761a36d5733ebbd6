#include "output/part_name.h"

#include <fmt/format.h>

#include <string_view>

#include "output/record.h"

namespace fanout {

std::string part_path(const std::string& base, std::int64_t run, int number) {
  const auto ending = ending_of(base);
  const auto stem = std::string_view(base).substr(0, base.size() - ending.size());
  return fmt::format("{}-{}-{:05}{}", stem, run, number, ending);
}

std::filesystem::path unfinished(const std::filesystem::path& path) {
  return path.parent_path() / ("." + path.filename().string());
}

}  // namespace fanout
