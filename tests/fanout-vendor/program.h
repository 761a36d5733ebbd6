// The whole program: options, loop, signals. Returns the exit code: 0 stopped as asked, 2 bad options, 1 any
// failure of this machine, told on stderr.
#pragma once

#include <string>
#include <vector>

namespace fanout_vendor {

int run(std::vector<std::string> arguments);

}  // namespace fanout_vendor
