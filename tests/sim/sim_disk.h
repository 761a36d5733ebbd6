// The outputs' way to the simulated disk. Folders are there as soon as something lies in them.
//
// Owned by a simulation, on its one thread. Trouble becomes what LocalDisk would throw; that the process is
// dead goes through as it is, since nothing of the process may catch it.
#pragma once

#include "output/disk.h"
#include "sim/sim_files.h"

namespace fanout::sim {

class SimDisk : public Disk {
 public:
  explicit SimDisk(SimFiles& files) : files_(files) {}

  std::unique_ptr<File> open(const std::filesystem::path& path) override;
  std::optional<std::string> read(const std::filesystem::path& path) override;
  std::optional<std::int64_t> size_of(const std::filesystem::path& path) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void remove(const std::filesystem::path& path) override;
  void sync_folder(const std::filesystem::path& folder) override;

 private:
  SimFiles& files_;
};

}  // namespace fanout::sim
