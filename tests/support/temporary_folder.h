// A folder of a test's own, gone with its end; and what a file holds.
#pragma once

#include <filesystem>
#include <string>

namespace fanout {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Empty where there is no such file.
std::string contents_of(const std::filesystem::path& path);

}  // namespace fanout
