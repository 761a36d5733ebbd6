#include "support/forgetful_disk.h"

#include <algorithm>

namespace fanout {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFolderSize = 4096;

template <class Content>
void change_in(std::map<std::string, Content>& names, const auto& change) {
  for (const auto& [name, content] : change.names) {
    if (content == nullptr) {
      names.erase(name);
    } else {
      names[name] = content;
    }
  }
}

std::string folder_of(const fs::path& path) { return path.parent_path().string(); }

}  // namespace

// What was synced is the first `kept` bytes and, where it has been cut since, `tail`.
struct ForgetfulDisk::Content {
  std::string bytes;
  std::size_t kept = 0;
  std::string tail;

  void cut(std::size_t length) {
    if (length < kept) {
      tail.insert(0, bytes, length, kept - length);
      kept = length;
    }
    bytes.resize(length);
  }
  void sync() {
    kept = bytes.size();
    tail.clear();
  }
};

class ForgetfulDisk::OpenFile : public File {
 public:
  OpenFile(ForgetfulDisk& disk, std::string path, std::shared_ptr<Content> content)
      : disk_(disk), path_(std::move(path)), content_(std::move(content)), life_(disk.life_) {
    ++disk_.open_files_;
  }
  ~OpenFile() override {
    if (life_ == disk_.life_) --disk_.open_files_;
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  void append(std::string_view bytes) override {
    check();
    disk_.append(*content_, bytes, path_);
  }
  void sync() override {
    check();
    disk_.operate("sync " + path_, true, [this] { content_->sync(); });
  }
  void cut(std::int64_t length) override {
    check();
    disk_.operate("cut " + path_, false, [this, length] {
      const auto to = static_cast<std::size_t>(length);
      if (to < content_->bytes.size()) disk_.give_back(content_->bytes.size() - to);
      content_->cut(to);
    });
  }
  std::int64_t size() const override {
    check();
    return static_cast<std::int64_t>(content_->bytes.size());
  }
  bool still_in_place() const override {
    check();
    const auto found = disk_.names_.find(path_);
    return found != disk_.names_.end() && found->second == content_;
  }

 private:
  void check() const {
    FANOUT_INVARIANT(life_ == disk_.life_);
    disk_.check_power();
  }

  ForgetfulDisk& disk_;
  std::string path_;
  std::shared_ptr<Content> content_;
  std::uint64_t life_;
};

// ---- failing

void ForgetfulDisk::fail_after(std::uint64_t operations, Fault fault) {
  fail_at_ = operations_ + operations;
  fault_ = fault;
}

void ForgetfulDisk::check_power() const {
  if (dead_) throw PowerCut();
}

// What needs no room does not fail for want of it; the next that does will.
bool ForgetfulDisk::is_to_fail(bool needs_room) {
  check_power();
  const auto operation = operations_++;
  if (!fail_at_ || operation < *fail_at_ || (fault_ == Fault::full && !needs_room)) return false;
  fail_at_.reset();
  dead_ = fault_ == Fault::power_cut;
  return true;
}

template <typename Operation>
void ForgetfulDisk::operate(const std::string& what, bool needs_room, Operation operation) {
  if (!is_to_fail(needs_room)) return operation();
  if (fault_ == Fault::full) throw DiskFull("cannot " + what + ": no room, as told");
  if (coin()) operation();
  throw PowerCut();
}

void ForgetfulDisk::append(Content& content, std::string_view bytes, const std::string& path) {
  const bool fails = is_to_fail(true);
  auto length = fails ? up_to(bytes.size()) : bytes.size();
  const bool full = room_ && static_cast<std::int64_t>(length) > *room_;
  if (full) length = static_cast<std::size_t>(std::max<std::int64_t>(*room_, 0));
  if (room_) *room_ -= static_cast<std::int64_t>(length);
  content.bytes += bytes.substr(0, length);
  if (fails && fault_ == Fault::power_cut) throw PowerCut();
  if (fails || full) throw DiskFull("cannot write to " + path + ": no room");
}

void ForgetfulDisk::give_back(std::size_t bytes) {
  if (room_) *room_ += static_cast<std::int64_t>(bytes);
}

// ---- names

void ForgetfulDisk::check_for_file(const fs::path& path) const {
  if (folders_.contains(path.string())) throw NameTaken(path.string() + " is a folder");
  for (auto above = path.parent_path(); above.has_relative_path(); above = above.parent_path()) {
    if (names_.contains(above.string())) throw NameTaken(above.string() + " is a file");
  }
}

bool ForgetfulDisk::is_folder(const fs::path& path) const {
  return !path.has_relative_path() || folders_.contains(path.string());
}

void ForgetfulDisk::make_folders(const fs::path& folder) {
  for (auto each = folder; each.has_relative_path(); each = each.parent_path()) {
    if (folders_.insert(each.string()).second) made_.insert(each.string());
  }
}

void ForgetfulDisk::change_names(Change change) {
  change_in(names_, change);
  unsynced_.push_back(std::move(change));
}

std::unique_ptr<File> ForgetfulDisk::open(const fs::path& path) {
  check_power();
  check_for_file(path);
  const bool makes = !names_.contains(path.string());
  operate("open " + path.string(), makes, [&] {
    if (!makes) return;
    make_folders(path.parent_path());
    change_names({folder_of(path), {{path.string(), std::make_shared<Content>()}}});
  });
  return std::make_unique<OpenFile>(*this, path.string(), names_.at(path.string()));
}

std::optional<std::string> ForgetfulDisk::read(const fs::path& path) {
  check_power();
  return contents(path);
}

std::optional<std::int64_t> ForgetfulDisk::size_of(const fs::path& path) {
  check_power();
  if (folders_.contains(path.string())) return kFolderSize;
  const auto found = names_.find(path.string());
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::int64_t>(found->second->bytes.size());
}

void ForgetfulDisk::rename(const fs::path& from, const fs::path& to) {
  check_power();
  FANOUT_INVARIANT(from.parent_path() == to.parent_path());
  check_for_file(to);
  const auto found = names_.find(from.string());
  if (found == names_.end()) throw Error("cannot rename " + from.string() + ": there is no such file", "");
  operate("rename " + from.string(), true, [&] {
    if (const auto old = names_.find(to.string()); old != names_.end()) give_back(old->second->bytes.size());
    change_names({folder_of(to), {{to.string(), found->second}, {from.string(), nullptr}}});
  });
}

void ForgetfulDisk::remove(const fs::path& path) {
  check_power();
  operate("remove " + path.string(), false, [&] {
    const auto found = names_.find(path.string());
    if (found == names_.end()) return;
    give_back(found->second->bytes.size());
    change_names({folder_of(path), {{path.string(), nullptr}}});
  });
}

void ForgetfulDisk::sync_folder(const fs::path& folder) {
  operate("sync the folder " + folder.string(), true, [&] {
    if (!is_folder(folder)) return;
    for (const auto& each : folders_) {
      if (fs::path(each).parent_path() == folder) durable_folders_.insert(each);
    }
    for (auto each = folder; made_.erase(each.string()) > 0; each = each.parent_path()) {
      durable_folders_.insert(each.string());
    }
    std::erase_if(unsynced_, [&](const Change& change) {
      if (change.folder != folder.string()) return false;
      change_in(durable_names_, change);
      return true;
    });
  });
}

// ---- forgetting

void ForgetfulDisk::kill() {
  ++life_;
  made_.clear();
  open_files_ = 0;
  dead_ = false;
  fail_at_.reset();
}

void ForgetfulDisk::cut_power() {
  kill();
  forget_folders();
  forget_names();
  std::set<Content*> seen;
  for (const auto& [name, content] : names_) {
    if (seen.insert(content.get()).second) forget_bytes(*content);
  }
}

void ForgetfulDisk::forget_folders() {
  std::set<std::string> left;
  for (const auto& folder : folders_) {  // those above come first
    const fs::path above = fs::path(folder).parent_path();
    const bool has_place = !above.has_relative_path() || left.contains(above.string());
    if (has_place && (durable_folders_.contains(folder) || coin())) left.insert(folder);
  }
  folders_ = left;
  durable_folders_ = std::move(left);
}

void ForgetfulDisk::forget_names() {
  std::map<std::string, std::size_t> changes;
  for (const auto& change : unsynced_) ++changes[change.folder];
  for (auto& [folder, count] : changes) count = is_folder(folder) ? up_to(count) : 0;
  for (const auto& change : unsynced_) {
    auto& left = changes[change.folder];
    if (left == 0) continue;
    change_in(durable_names_, change);
    --left;
  }
  unsynced_.clear();
  std::erase_if(durable_names_, [this](const auto& name) { return !is_folder(folder_of(name.first)); });
  names_ = durable_names_;
}

void ForgetfulDisk::forget_bytes(Content& content) {
  if (!content.tail.empty() && coin()) {
    content.bytes.resize(content.kept);
    content.bytes += content.tail;
  } else {
    const auto left = up_to(content.bytes.size() - content.kept);
    content.bytes.resize(content.kept + left);
    if (random_.next() % 4 == 0) {
      const auto written = content.kept + up_to(left);
      content.bytes.replace(written, std::string::npos, content.bytes.size() - written, '\0');
    }
  }
  content.sync();
}

// ---- for the test's own eyes and hands

std::vector<std::string> ForgetfulDisk::files() const {
  std::vector<std::string> paths;
  for (const auto& [name, content] : names_) paths.push_back(name);
  return paths;
}

std::optional<std::string> ForgetfulDisk::contents(const fs::path& path) const {
  const auto found = names_.find(path.string());
  if (found == names_.end()) return std::nullopt;
  return found->second->bytes;
}

void ForgetfulDisk::put(const fs::path& path, std::string contents) {
  make_folders(path.parent_path());
  for (auto each = path.parent_path(); each.has_relative_path(); each = each.parent_path()) {
    durable_folders_.insert(each.string());
  }
  auto content = std::make_shared<Content>();
  content->bytes = std::move(contents);
  content->sync();
  names_[path.string()] = content;
  durable_names_[path.string()] = std::move(content);
}

}  // namespace fanout
