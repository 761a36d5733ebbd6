#include "sim/sim_disk.h"

#include <utility>

namespace fanout::sim {
namespace {

template <typename Operation>
auto operate(const std::string& path, Operation operation) {
  try {
    return operation();
  } catch (Trouble trouble) {
    if (trouble == Trouble::full) throw DiskFull("no room for " + path);
    if (trouble == Trouble::failed) throw Error(path + ": Input/output error", "the simulated disk failed");
    throw;
  }
}

class SimFile : public File {
 public:
  SimFile(SimFiles& files, std::string path, SimFiles::Handle content)
      : files_(files), path_(std::move(path)), content_(std::move(content)) {}

  void append(std::string_view bytes) override {
    operate(path_, [&] { files_.write(*content_, content_->bytes.size(), bytes); });
  }
  void sync() override {
    operate(path_, [&] { files_.sync(*content_); });
  }
  void cut(std::int64_t length) override {
    operate(path_, [&] { files_.cut(*content_, static_cast<std::size_t>(length)); });
  }
  std::int64_t size() const override {
    files_.check_alive();
    return static_cast<std::int64_t>(content_->bytes.size());
  }
  bool still_in_place() const override { return files_.find(path_) == content_; }

 private:
  SimFiles& files_;
  std::string path_;
  SimFiles::Handle content_;
};

void check_names(const SimFiles& files, const std::string& path) {
  if (files.is_folder(path)) throw NameTaken(path + " is a folder");
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (files.find(path.substr(0, slash))) throw NameTaken(path.substr(0, slash) + " is a file");
  }
}

}  // namespace

std::unique_ptr<File> SimDisk::open(const std::filesystem::path& path) {
  files_.check_alive();
  check_names(files_, path.string());
  return operate(path.string(), [&] {
    if (files_.full() && !files_.find(path.string())) throw Trouble::full;
    return std::make_unique<SimFile>(files_, path.string(), files_.open(path.string()));
  });
}

std::optional<std::string> SimDisk::read(const std::filesystem::path& path) {
  files_.check_alive();
  const auto content = files_.find(path.string());
  if (!content) return std::nullopt;
  return content->bytes;
}

std::optional<std::int64_t> SimDisk::size_of(const std::filesystem::path& path) {
  files_.check_alive();
  if (const auto content = files_.find(path.string()))
    return static_cast<std::int64_t>(content->bytes.size());
  if (files_.is_folder(path.string())) return 0;
  return std::nullopt;
}

void SimDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  check_names(files_, to.string());
  operate(from.string(), [&] { files_.rename(from.string(), to.string()); });
}

void SimDisk::remove(const std::filesystem::path& path) {
  operate(path.string(), [&] { files_.remove(path.string()); });
}

void SimDisk::sync_folder(const std::filesystem::path& folder) {
  operate(folder.string(), [&] { files_.sync_names(folder.string()); });
}

}  // namespace fanout::sim
