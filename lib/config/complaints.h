// The errors found so far. Checking goes on after each, so that all are reported at once.
#pragma once

#include <string>

#include "config/config_error.h"
#include "config/node.h"

namespace fanout {

class Complaints {
 public:
  void add(const Place& place, std::string message, std::string hint = {});
  bool none() const { return found_.empty(); }
  // In the order of files (as they were first complained about), lines and columns.
  ConfigErrors in_order() const;

 private:
  ConfigErrors found_;
};

}  // namespace fanout
