// A value that must appear in no log, row, argument, metric, error or output. It cannot be printed or
// compared by accident: the only way to it is reveal(), which is easy to search for.
#pragma once

#include <string>

namespace fanout {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace fanout
