// What a configuration names outside itself: certificates and secrets. For --check, which reads them as far
// as whoever runs it may.
#pragma once

#include <string>
#include <vector>

#include "spec/config.h"

namespace fanout {

struct NamedFindings {
  std::vector<std::string> wrong;   // the daemon would not start with it
  std::vector<std::string> unread;  // only the daemon can tell: another user's file, its environment
};
NamedFindings read_what_is_named(const Config& config);

}  // namespace fanout
