#include "output/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "output/path_component.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestPath = 3500;  // bytes; the system's limit is 4,096 with the output folder's own

}  // namespace

std::string ending_of(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const bool compressed = name.ends_with(".gz") || name.ends_with(".zst");
  auto dot = name.rfind('.');
  if (compressed && dot > 0) {
    if (const auto before = name.rfind('.', dot - 1); before != std::string::npos) dot = before;
  }
  return dot == std::string::npos || dot == 0 ? std::string() : name.substr(dot);
}

std::optional<std::string> path_of(const Record& record, std::string* why) {
  const auto& to = record.output->to;
  std::string missing;
  const auto expanded = to.expand_raw(record.names, safe_component, &missing);
  if (!expanded) {
    *why = fmt::format("the output's path {} cannot be filled in: {} has no value", to.text(), missing);
    return std::nullopt;
  }
  std::string path;
  for (std::size_t begin = 0; begin <= expanded->size();) {
    const auto end = std::min(expanded->find('/', begin), expanded->size());
    const bool last = end == expanded->size();
    path += short_component(expanded->substr(begin, end - begin), last ? ending_of(*expanded) : "");
    if (!last) path += '/';
    begin = end + 1;
  }
  if (path.size() <= kLongestPath) return path;
  *why = fmt::format("the output's path {} becomes longer than {} bytes", to.text(), kLongestPath);
  return std::nullopt;
}

}  // namespace fanout
