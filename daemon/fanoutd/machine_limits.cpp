#include "daemon/fanoutd/machine_limits.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace fanout {
namespace {

constexpr std::uint64_t kOtherFiles = 256;  // database, outputs, watches, name service
constexpr std::uint64_t kThreads = 4;  // loop, store, reading, log; one more a vendor asks the name service
constexpr std::uint64_t kOtherMemory = 128 << 20;

void take_lower(std::optional<std::uint64_t>& limit, std::uint64_t other) {
  limit = limit ? std::min(*limit, other) : other;
}

// "max" and what is not there are no limit.
void take_lower_of_file(std::optional<std::uint64_t>& limit, const std::filesystem::path& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) take_lower(limit, number);
}

// Of version 2: "0::/system.slice/fanoutd.service". Limits of a group hold for those below it.
void take_limits_of_control_groups(MachineLimits& limits) {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with("0::/")) continue;
    const std::filesystem::path top = "/sys/fs/cgroup";
    for (std::filesystem::path group = line.substr(4); !group.empty(); group = group.parent_path()) {
      take_lower_of_file(limits.memory, top / group / "memory.max");
      take_lower_of_file(limits.threads, top / group / "pids.max");
    }
  }
}

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

}  // namespace

MachineLimits machine_limits() {
  MachineLimits limits;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) limits.files = limit.rlim_max;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) limits.memory = limit.rlim_cur;
  const auto pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) {
    take_lower(limits.memory, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page));
  }
  take_limits_of_control_groups(limits);
  return limits;
}

LimitFindings compare(const Config& config, const MachineLimits& limits) {
  std::uint64_t connections = 0, replies = 0;
  for (const auto& [name, vendor] : config.vendors) {
    const auto slots = static_cast<std::uint64_t>(vendor.concurrency);
    connections += slots;
    replies += slots * static_cast<std::uint64_t>(vendor.body_limit);
  }
  LimitFindings found;
  if (connections + kOtherFiles > limits.files) {
    found.too_low.push_back(
        fmt::format("the vendors' concurrency adds up to {} connections, which with {} other files is more "
                    "than the {} open files "
                    "that this process may have; raise LimitNOFILE= in the unit (ulimit -Hn in a shell), or "
                    "lower concurrency",
                    connections, kOtherFiles, limits.files));
  }
  const auto threads = kThreads + config.vendors.size();
  if (limits.threads && threads > *limits.threads) {
    found.too_low.push_back(
        fmt::format("{} threads are needed, and this process may have {}; raise TasksMax= in the unit",
                    threads, *limits.threads));
  }
  // Each reply may be as large as body_limit, as it comes and inflated.
  const auto memory = 2 * replies + kOtherMemory;
  if (limits.memory && memory > *limits.memory) {
    found.tight.push_back(
        fmt::format("if all requests in flight bring replies as large as body_limit, they take {}, and this "
                    "process may have {}; "
                    "lower body_limit or concurrency, or raise MemoryMax= in the unit",
                    mebibytes(memory), mebibytes(*limits.memory)));
  }
  return found;
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void expect_room(const Config& config, const MachineLimits& limits) {
  const auto found = compare(config, limits);
  if (!found.too_low.empty()) {
    throw Error(fmt::format("{}", fmt::join(found.too_low, "\n")), "", Exit::bad_configuration);
  }
}

}  // namespace fanout
