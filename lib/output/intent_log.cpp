#include "output/intent_log.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

namespace fanout {
namespace {

constexpr std::size_t kChecksumDigits = 8;

std::string checksum_of(std::string_view text) {
  const auto* bytes = reinterpret_cast<const Bytef*>(text.data());
  return fmt::format("{:08x}", ::crc32_z(0, bytes, text.size()));
}

// The break comes first, so that what a full disk has torn off spoils nothing but itself.
std::string line_of(const std::vector<std::string>& paths) {
  const auto json = nlohmann::json(paths).dump();
  return fmt::format("\n{} {}\n", checksum_of(json), json);
}

}  // namespace

// A line that is not whole was never synced, and nothing was begun after it.
std::vector<std::string> IntentLog::left() const {
  std::vector<std::string> paths;
  const auto text = disk_.read(list_).value_or("");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (line.size() <= kChecksumDigits) continue;
    const auto json = line.substr(kChecksumDigits + 1);
    if (line.substr(0, kChecksumDigits) != checksum_of(json)) continue;
    for (auto& path : nlohmann::json::parse(json)) paths.push_back(path.get<std::string>());
  }
  return paths;
}

void IntentLog::write_down(const std::vector<std::string>& paths) {
  std::vector<std::string> missing;
  std::ranges::copy_if(paths, std::back_inserter(missing),
                       [&](const std::string& path) { return !written_.contains(path); });
  if (!missing.empty()) {
    open();
    if (settled_) {
      file_->cut(0);
      written_.clear();
      missing = paths;
    }
    file_->append(line_of(missing));
    file_->sync();
    written_.insert(missing.begin(), missing.end());
  }
  if (!paths.empty()) settled_ = false;
}

void IntentLog::forget_settled() {
  if (!settled_ || !disk_.size_of(list_)) return;
  open();
  written_.clear();
  file_->cut(0);
  file_->sync();
}

void IntentLog::open() {
  if (file_ != nullptr && file_->still_in_place()) return;
  written_.clear();
  file_ = disk_.open(list_);
  disk_.sync_folder(list_.parent_path());
}

}  // namespace fanout
