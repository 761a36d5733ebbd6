// What a task to be keeps of its ancestors, as JSON text.
//
// The tasks that one reply makes have the same ancestors, which may be long and they many: the beginning of
// the text is there once for all of them. A value.
#pragma once

#include <memory>
#include <string>
#include <utility>

namespace fanout {

class Parents {
 public:
  Parents() = default;
  Parents(std::string own) : own_(std::move(own)) {}
  Parents(const char* own) : own_(own) {}
  Parents(std::shared_ptr<const std::string> shared, std::string own)
      : shared_(std::move(shared)), own_(std::move(own)) {}

  std::string text() const { return shared_ == nullptr ? own_ : *shared_ + own_; }
  std::size_t own_size() const { return own_.size(); }
  std::size_t shared_size() const { return shared_ == nullptr ? 0 : shared_->size(); }

  friend bool operator==(const Parents& a, const Parents& b) { return a.text() == b.text(); }

 private:
  std::shared_ptr<const std::string> shared_;
  std::string own_;
};

}  // namespace fanout
