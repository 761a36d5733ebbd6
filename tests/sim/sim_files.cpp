#include "sim/sim_files.h"

#include <algorithm>
#include <set>

namespace fanout::sim {
namespace {

constexpr std::size_t kSector = 512;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

SimFiles::Handle SimFiles::find(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void SimFiles::check_alive() const {
  if (dead_) throw Trouble::dead;
}

void SimFiles::operate() {
  check_alive();
  if (looking_) return;
  ++operations_;
  if (die_at_ && operations_ >= *die_at_) {
    die_at_.reset();
    dead_ = true;
    throw Trouble::dead;
  }
  if (fail_at_ && operations_ >= *fail_at_) {
    fail_at_.reset();
    throw Trouble::failed;
  }
}

bool SimFiles::is_folder(const std::string& path) const {
  const auto below = names_.lower_bound(path + "/");
  return below != names_.end() && below->first.starts_with(path + "/");
}

SimFiles::Handle SimFiles::open(const std::string& path) {
  check_alive();
  if (auto found = find(path)) return found;
  operate();
  auto made = std::make_shared<Content>();
  change_names({folder_of(path), {{path, made}}});
  return made;
}

void SimFiles::apply(std::string& bytes, const Content::Change& change) {
  if (change.bytes.empty()) {
    bytes.resize(std::min(bytes.size(), change.offset));
    return;
  }
  if (bytes.size() < change.offset + change.bytes.size()) bytes.resize(change.offset + change.bytes.size());
  bytes.replace(change.offset, change.bytes.size(), change.bytes);
}

void SimFiles::write(Content& content, std::size_t offset, std::string_view bytes) {
  check_alive();
  if (bytes.empty()) return;
  const auto part = [&] {
    const auto some = static_cast<std::size_t>(chance_.next() % (bytes.size() + 1));
    if (some == 0) return;
    content.unsynced_.push_back({offset, std::string(bytes.substr(0, some))});
    apply(content.bytes, content.unsynced_.back());
  };
  try {
    operate();
  } catch (Trouble) {
    part();
    throw;
  }
  if (full_ && !looking_ && offset + bytes.size() > content.bytes.size()) throw Trouble::full;
  content.unsynced_.push_back({offset, std::string(bytes)});
  apply(content.bytes, content.unsynced_.back());
}

void SimFiles::cut(Content& content, std::size_t length) {
  operate();
  if (length >= content.bytes.size()) return;
  content.unsynced_.push_back({length, {}});
  content.bytes.resize(length);
}

void SimFiles::sync(Content& content) {
  operate();
  for (const auto& change : content.unsynced_) apply(content.durable_, change);
  content.unsynced_.clear();
}

void SimFiles::change_names(Renaming change) {
  for (const auto& [path, content] : change.names) {
    if (content) {
      names_[path] = content;
    } else {
      names_.erase(path);
    }
  }
  unsynced_names_.push_back(std::move(change));
}

void SimFiles::rename(const std::string& from, const std::string& to) {
  operate();
  auto content = find(from);
  if (!content) throw Trouble::failed;
  change_names({folder_of(to), {{from, nullptr}, {to, content}}});
}

void SimFiles::remove(const std::string& path) {
  operate();
  if (find(path)) change_names({folder_of(path), {{path, nullptr}}});
}

void SimFiles::sync_names(const std::string& folder) {
  operate();
  for (const auto& change : unsynced_names_) {
    if (change.folder != folder) continue;
    for (const auto& [path, content] : change.names) {
      if (content) {
        durable_names_[path] = content;
      } else {
        durable_names_.erase(path);
      }
    }
  }
  std::erase_if(unsynced_names_, [&](const Renaming& change) { return change.folder == folder; });
}

void SimFiles::copy(const std::string& from, const std::string& to) {
  names_.erase(to);
  durable_names_.erase(to);
  const auto original = find(from);
  if (!original) return;
  auto made = std::make_shared<Content>();
  made->bytes = made->durable_ = original->bytes;
  names_[to] = durable_names_[to] = std::move(made);
}

void SimFiles::never_fail() {
  die_at_.reset();
  fail_at_.reset();
}

void SimFiles::begin_again() {
  dead_ = false;
  ++lives_;
  never_fail();
}

void SimFiles::cut_power() {
  dead_ = true;
  std::set<Handle> contents;
  for (const auto& [path, content] : names_)
    if (contents.insert(content).second) forget_bytes(*content);
  for (const auto& [path, content] : durable_names_)
    if (contents.insert(content).second) forget_bytes(*content);
  forget_names();
}

// All kept, in order up to some moment, or any of them in any of their sectors.
void SimFiles::forget_bytes(Content& content) {
  const auto mode = chance_.next() % 3;
  if (mode == 0) content.unsynced_.clear();
  if (mode == 1)
    content.unsynced_.resize(static_cast<std::size_t>(chance_.next() % (content.unsynced_.size() + 1)));
  for (const auto& change : content.unsynced_) {
    if (mode != 2 || change.bytes.empty()) {
      if (mode != 2 || chance_.one_in(2)) apply(content.durable_, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes.size();) {
      const auto end = std::min(change.bytes.size(), at + kSector - (change.offset + at) % kSector);
      if (!chance_.one_in(3))
        apply(content.durable_, {change.offset + at, change.bytes.substr(at, end - at)});
      at = end;
    }
  }
  content.unsynced_.clear();
  content.bytes = content.durable_;
}

void SimFiles::forget_names() {
  const auto kept = static_cast<std::size_t>(chance_.next() % (unsynced_names_.size() + 1));
  for (std::size_t i = 0; i < kept; ++i) {
    for (const auto& [path, content] : unsynced_names_[i].names) {
      if (content) {
        durable_names_[path] = content;
      } else {
        durable_names_.erase(path);
      }
    }
  }
  unsynced_names_.clear();
  names_ = durable_names_;
}

}  // namespace fanout::sim
