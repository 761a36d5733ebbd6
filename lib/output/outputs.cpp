#include "output/outputs.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "output/part_name.h"

namespace fanout {
namespace {

std::filesystem::path beside(std::filesystem::path root) { return root += ".begun"; }

}  // namespace

Outputs::Outputs(Disk& disk, std::filesystem::path root, std::vector<Part> open, const Log& log)
    : disk_(disk),
      root_(std::move(root)),
      folders_(disk),
      answer_files_(disk, root_),
      intents_(disk, beside(root_)),
      parts_(disk, root_, intents_, folders_, log) {
  clear_up(open);
  recovered_ = parts_.recover(std::move(open));
  folders_.sync();
}

Outputs::~Outputs() = default;

std::vector<Part> Outputs::recovered() { return std::exchange(recovered_, {}); }

void Outputs::clear_up(const std::vector<Part>& open) {
  for (const auto& path : intents_.left()) {
    const auto place = root_ / path;
    if (std::ranges::count(open, path, &Part::path) == 0) leftovers_.push_back(unfinished(place));
    // The earlier process may have made these and died before it synced them; the disk knows only what is
    // made in this one.
    for (auto folder = place; folder != root_.parent_path() && folder.has_relative_path();) {
      folder = folder.parent_path();
      folders_.add(folder);
    }
  }
  remove_leftovers();
  folders_.sync();
  intents_.settled();
}

void Outputs::remove_leftovers() {
  while (!leftovers_.empty()) {
    try {
      disk_.remove(leftovers_.back());
      folders_.add(leftovers_.back().parent_path());
    } catch (const NameTaken&) {
      // Then it is none of ours any more.
    }
    leftovers_.pop_back();
  }
}

void Outputs::committed() {
  parts_.committed();
  if (leftovers_.empty()) intents_.settled();
}

void Outputs::rolled_back() {
  std::ranges::move(parts_.rolled_back(), std::back_inserter(leftovers_));
  try {
    remove_leftovers();
  } catch (const MustWait&) {
    // Before the next batch is written, they are.
  }
}

std::vector<Part> Outputs::seal(std::int64_t run, const std::string& base) {
  FANOUT_INVARIANT(!parts_.is_written());
  remove_leftovers();
  return parts_.seal(run, base);
}

}  // namespace fanout
