// Where the state of a configuration lies: all that whoever only looks at the queue needs of it, so that he
// can do so while the rest of the file is wrong.
#pragma once

#include <filesystem>
#include <string>

namespace fanout {

// The file of the service, and where its unit has the state.
inline constexpr const char* kServiceConfig = "/etc/fanoutd/fanoutd.toml";
inline constexpr const char* kServiceStateDir = "/var/lib/fanoutd";

// Of a configuration that does not say it: $STATE_DIRECTORY, as systemd sets it; the service's; or
// ./fanoutd.state.
std::filesystem::path default_state_dir(const std::filesystem::path& file);

struct StatePlace {
  std::filesystem::path folder;
  std::string unread;  // what could not be read on the way, and why; empty: nothing
};
StatePlace state_place(const std::filesystem::path& file);

}  // namespace fanout
