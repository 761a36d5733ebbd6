#include "output/open_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "output/part_name.h"

namespace fanout {
namespace {

constexpr std::size_t kMostOpen = 64;

}  // namespace

std::vector<Part> OpenParts::recover(std::vector<Part> open) {
  std::vector<Part> ended;
  std::ranges::sort(open, {}, &Part::number);
  for (auto& part : open) recover(std::move(part), ended);
  return ended;
}

void OpenParts::recover(Part part, std::vector<Part>& ended) {
  const Key key(part.run, part.base);
  if (const auto earlier = parts_.find(key); earlier != parts_.end()) {
    end(earlier);
    std::ranges::move(std::exchange(sealed_, {}), std::back_inserter(ended));
  }
  const auto at = parts_.emplace(key, OpenPart(disk_, root_, std::move(part), true)).first;
  const auto size = disk_.size_of(at->second.unfinished_path());
  if (size && *size == at->second.committed().committed) return;
  const auto final_size = size ? std::nullopt : disk_.size_of(at->second.final_path());
  if (final_size && *final_size == at->second.committed().committed) {
    // Sealed, and then there was no commit any more, nor perhaps a sync.
    folders_.add(at->second.final_path().parent_path());
    ended.push_back(at->second.committed());
    ended.back().sealed = true;
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
    ended.push_back(give_up(at, wrong));
  }
}

std::optional<std::string> OpenParts::path_to_begin(const Key& key) const {
  return parts_.contains(key) ? std::nullopt : std::optional(next(key).path);
}

OpenPart& OpenParts::to_write(const Key& key, std::int64_t roll) {
  OpenPart* part = nullptr;
  if (const auto at = parts_.find(key); at != parts_.end()) {
    const auto wrong = at->second.open();
    if (wrong.empty()) {
      used(at->second);
      part = &at->second;
    } else {
      noted_.push_back(give_up(at, wrong));
    }
  }
  if (part == nullptr) part = &begin(key);
  part->roll = roll;
  touched_.push_back(part);
  return *part;
}

// Its number is above all that the store knows, and its name is nobody's.
Part OpenParts::next(const Key& key) const {
  int number = latest_number_ ? latest_number_(key.first, key.second) + 1 : 1;
  while (disk_.size_of(root_ / part_path(key.second, key.first, number))) ++number;
  Part part;
  part.run = key.first;
  part.base = key.second;
  part.number = number;
  part.path = part_path(key.second, key.first, number);
  return part;
}

OpenPart& OpenParts::begin(const Key& key) {
  Part fresh = next(key);
  intents_.write_down({fresh.path});  // unless it is already
  OpenPart part(disk_, root_, std::move(fresh), false);
  part.create();
  folders_.add(part.final_path().parent_path());
  OpenPart& kept = parts_.emplace(key, std::move(part)).first->second;
  used(kept);
  return kept;
}

void OpenParts::used(OpenPart& part) {
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

std::vector<Part> OpenParts::moved() const {
  std::vector<Part> parts;
  for (const auto* part : touched_) parts.push_back(part->written());
  parts.insert(parts.end(), noted_.begin(), noted_.end());
  return parts;
}

void OpenParts::committed() {
  for (auto* part : touched_) {
    part->commit();
    if (part->committed().committed >= part->roll)
      full_.emplace(part->committed().run, part->committed().base);
  }
  touched_.clear();
  noted_.clear();
}

std::vector<std::filesystem::path> OpenParts::rolled_back() {
  std::vector<std::filesystem::path> nobodys;
  for (auto* part : touched_) {
    if (part->is_known()) {
      part->roll_back();
    } else {
      nobodys.push_back(part->unfinished_path());
      forget(parts_.find({part->committed().run, part->committed().base}));
    }
  }
  touched_.clear();
  return nobodys;
}

std::vector<Part> OpenParts::seal(std::int64_t run, const std::string& base) {
  for (auto at = parts_.lower_bound({run, std::string()}); at != parts_.end();) {
    if (run != 0 && at->first.first != run) break;
    const auto next = std::next(at);
    if (base.empty() || at->first.second == base) end(at);
    at = next;
  }
  return take_sealed();
}

std::vector<Part> OpenParts::seal_full() {
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

void OpenParts::end(Parts::iterator at) {
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
  folders_.add(part.final_path().parent_path());
  sealed_.push_back(part.committed());
  sealed_.back().sealed = true;
  forget(at);
}

// It is no longer ours. What is left of it gets its final name, where that is free, so that people see it and
// we never take it for unfinished work of our own.
Part OpenParts::give_up(Parts::iterator at, const std::string& what) {
  OpenPart& part = at->second;
  intents_.forget_settled();  // it may go on to bear its dot
  log_.warning(fmt::format("{}: {}; the next part begins", part.unfinished_path().string(), what));
  try {
    if (disk_.size_of(part.unfinished_path()) && !disk_.size_of(part.final_path())) {
      disk_.rename(part.unfinished_path(), part.final_path());
      folders_.add(part.final_path().parent_path());
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

void OpenParts::forget(Parts::iterator at) {
  std::erase(files_, &at->second);
  parts_.erase(at);
}

std::vector<Part> OpenParts::take_sealed() {
  folders_.sync();
  return std::exchange(sealed_, {});
}

}  // namespace fanout
