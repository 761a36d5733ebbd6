#include "config/complaints.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace fanout {

void Complaints::add(const Place& place, std::string message, std::string hint) {
  found_.push_back({place.file, place.line, place.column, std::move(message), std::move(hint)});
}

ConfigErrors Complaints::in_order() const {
  std::map<std::string, std::size_t> files;
  for (const ConfigError& error : found_) files.emplace(error.file, files.size());
  ConfigErrors sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const ConfigError& a, const ConfigError& b) {
    return std::tuple(files.at(a.file), a.line, a.column) < std::tuple(files.at(b.file), b.line, b.column);
  });
  return sorted;
}

}  // namespace fanout
