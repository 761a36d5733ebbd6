#include "output/outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "output/part_name.h"

namespace fanout {
namespace {

constexpr std::size_t kMostOpen = 64;  // files of parts

std::filesystem::path beside(std::filesystem::path root) { return root += ".begun"; }

}  // namespace

Outputs::Outputs(Disk& disk, std::filesystem::path root, std::vector<Part> open, const Log& log)
    : disk_(disk),
      root_(std::move(root)),
      log_(log),
      answer_files_(disk, root_),
      begun_(disk, beside(root_)) {
  clear_up(open);
  std::ranges::sort(open, {}, &Part::number);
  for (auto& part : open) recover(std::move(part));
  sync_folders();
}

Outputs::~Outputs() = default;

std::vector<Part> Outputs::recovered() { return std::exchange(recovered_, {}); }

void Outputs::clear_up(const std::vector<Part>& open) {
  for (const auto& path : begun_.left()) {
    const auto place = root_ / path;
    if (std::ranges::count(open, path, &Part::path) == 0) leftovers_.push_back(unfinished(place));
    // The earlier process may have made these and died before it synced them; the disk knows only what is
    // made in this one.
    for (auto folder = place; folder != root_.parent_path() && folder.has_relative_path();) {
      folder = folder.parent_path();
      folders_.insert(folder);
    }
  }
  remove_leftovers();
  sync_folders();
  begun_.settled();
}

void Outputs::remove_leftovers() {
  while (!leftovers_.empty()) {
    try {
      disk_.remove(leftovers_.back());
      folders_.insert(leftovers_.back().parent_path());
    } catch (const NameTaken&) {
      // Then it is none of ours any more.
    }
    leftovers_.pop_back();
  }
}

void Outputs::recover(Part part) {
  const Key key(part.run, part.base);
  if (const auto earlier = parts_.find(key); earlier != parts_.end()) {
    end(earlier);
    std::ranges::move(std::exchange(sealed_, {}), std::back_inserter(recovered_));
  }
  const auto at = parts_.emplace(key, OpenPart(disk_, root_, std::move(part), true)).first;
  const auto size = disk_.size_of(at->second.unfinished_path());
  if (size && *size == at->second.committed().committed) return;
  const auto final_size = size ? std::nullopt : disk_.size_of(at->second.final_path());
  if (final_size && *final_size == at->second.committed().committed) {
    // Sealed, and then there was no commit any more, nor perhaps a sync.
    folders_.insert(at->second.final_path().parent_path());
    recovered_.push_back(at->second.committed());
    recovered_.back().sealed = true;
    forget(at);
    return;
  }
  const auto wrong =
      final_size ? fmt::format("cut: {} bytes of {} are there", *final_size, at->second.committed().committed)
                 : at->second.open();
  if (wrong.empty()) {
    at->second.take_foreign_bytes();  // a crash has left them
    used(at->second);
  } else {
    recovered_.push_back(give_up(at, wrong));
  }
}

void Outputs::used(OpenPart& part) {
  if (const auto foreign = part.take_foreign_bytes(); foreign > 0) {
    log_.warning(
        fmt::format("{} bytes that somebody appended to {} are cut off; parts are only read once they have "
                    "lost the dot in front of their name",
                    foreign, part.unfinished_path().string()));
  }
  std::erase(files_, &part);
  files_.push_back(&part);
  if (files_.size() <= kMostOpen) return;
  files_.front()->close();
  files_.erase(files_.begin());
}

void Outputs::committed() {
  for (auto* part : touched_) {
    part->commit();
    if (part->committed().committed >= part->roll)
      full_.emplace(part->committed().run, part->committed().base);
  }
  touched_.clear();
  noted_.clear();
  if (leftovers_.empty()) begun_.settled();
}

void Outputs::rolled_back() {
  for (auto* part : touched_) {
    if (part->is_known()) {
      part->roll_back();
    } else {
      leftovers_.push_back(part->unfinished_path());
      forget(parts_.find({part->committed().run, part->committed().base}));
    }
  }
  touched_.clear();
  try {
    remove_leftovers();
  } catch (const MustWait&) {
    // Before the next batch is written, they are.
  }
}

std::vector<Part> Outputs::seal(std::int64_t run, const std::string& base) {
  FANOUT_INVARIANT(touched_.empty());
  remove_leftovers();
  for (auto at = parts_.lower_bound({run, std::string()}); at != parts_.end();) {
    if (run != 0 && at->first.first != run) break;
    const auto next = std::next(at);
    if (base.empty() || at->first.second == base) end(at);
    at = next;
  }
  return take_sealed();
}

std::vector<Part> Outputs::seal_full() {
  try {
    while (!full_.empty()) {
      if (const auto at = parts_.find(*full_.begin()); at != parts_.end()) end(at);
      full_.erase(full_.begin());
    }
    return take_sealed();
  } catch (const MustWait& reason) {
    log_.warning(fmt::format("a part stays open for now: {}", reason.what()));
    return {};
  }
}

void Outputs::end(Parts::iterator at) {
  OpenPart& part = at->second;
  auto wrong = part.open();
  if (wrong.empty()) used(part);
  if (wrong.empty() && disk_.size_of(part.final_path())) {
    wrong = fmt::format("its name is taken; its bytes are in {}", part.unfinished_path().filename().string());
  }
  if (!wrong.empty()) {
    sealed_.push_back(give_up(at, wrong));
    return;
  }
  part.finish();
  folders_.insert(part.final_path().parent_path());
  sealed_.push_back(part.committed());
  sealed_.back().sealed = true;
  forget(at);
}

// It is no longer ours. What is left of it gets its final name, where that is free, so that people see it and
// we never take it for unfinished work of our own.
Part Outputs::give_up(Parts::iterator at, const std::string& what) {
  OpenPart& part = at->second;
  begun_.forget_settled();  // it may go on to bear its dot
  log_.warning(fmt::format("{}: {}; the next part begins", part.unfinished_path().string(), what));
  try {
    if (disk_.size_of(part.unfinished_path()) && !disk_.size_of(part.final_path())) {
      disk_.rename(part.unfinished_path(), part.final_path());
      folders_.insert(part.final_path().parent_path());
    }
  } catch (const Error&) {
    // Then it lies where it lies.
  }
  Part noted = part.committed();
  noted.sealed = true;
  noted.note = what;
  forget(at);
  return noted;
}

void Outputs::forget(Parts::iterator at) {
  std::erase(files_, &at->second);
  parts_.erase(at);
}

void Outputs::sync_folders() {
  for (const auto& folder : folders_) disk_.sync_folder(folder);
  folders_.clear();
}

std::vector<Part> Outputs::take_sealed() {
  sync_folders();
  return std::exchange(sealed_, {});
}

}  // namespace fanout
