#include "output/answer_files.h"

#include <algorithm>

#include "output/part_name.h"

namespace fanout {
namespace {

constexpr std::size_t kMostAtOnce =
    64;  // written before the first is synced, so that the system may join them

}  // namespace

void AnswerFiles::add(const std::string& path, std::string_view bytes, std::string* problem) {
  const auto final_path = root_ / path;
  const bool again = std::ranges::any_of(
      unfinished_, [&](const Unfinished& u) { return u.final_path.native() == final_path.native(); });
  if (again || unfinished_.size() >= kMostAtOnce) put_in_place();
  try {
    auto file = disk_.open(unfinished(final_path));
    unfinished_.push_back({std::move(file), unfinished(final_path), final_path, problem});
    folders_.insert(final_path.parent_path());
  } catch (const NameTaken& taken) {
    *problem = taken.what();
    return;
  }
  File& file = *unfinished_.back().file;
  if (file.size() > 0) file.cut(0);
  file.append(bytes);
}

void AnswerFiles::put_in_place() {
  for (const auto& each : unfinished_) each.file->sync();
  for (auto& each : unfinished_) {
    try {
      disk_.rename(each.path, each.final_path);
    } catch (const NameTaken& taken) {
      *each.problem = taken.what();
      disk_.remove(each.path);
    }
  }
  unfinished_.clear();
}

void AnswerFiles::finish() {
  put_in_place();
  for (const auto& folder : folders_) disk_.sync_folder(folder);
  folders_.clear();
}

// The folders stay to be synced: some may be new.
std::vector<std::filesystem::path> AnswerFiles::drop() {
  std::vector<std::filesystem::path> paths;
  for (auto& each : unfinished_) paths.push_back(std::move(each.path));
  unfinished_.clear();
  return paths;
}

}  // namespace fanout
