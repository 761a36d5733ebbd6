// What this machine or its operator did wrong: an exception that reaches main, is shown with its way out,
// and ends the process with a documented exit code. What a vendor does is never one of these; see
// task/outcome.h.
#pragma once

#include <stdexcept>
#include <string>

namespace fanout {

enum class Exit { well = 0, failure = 1, bad_configuration = 2, dead_letters = 3 };

class Error : public std::runtime_error {
 public:
  // what: what happened, to what. hint: what to do next, a command where there is one.
  Error(const std::string& what, std::string hint, Exit exit = Exit::failure)
      : std::runtime_error(what), hint_(std::move(hint)), exit_(exit) {}

  const std::string& hint() const { return hint_; }
  Exit exit() const { return exit_; }

 private:
  std::string hint_;
  Exit exit_;
};

// What passes by itself, or when the operator does something: nothing was changed. The daemon stops asking,
// says why, tries again later, and goes on: nothing is lost.
class MustWait : public Error {
 public:
  using Error::Error;
};

class DiskFull : public MustWait {
 public:
  explicit DiskFull(const std::string& what)
      : MustWait(what, "free some space; work goes on by itself once there is room") {}
};

// A broken invariant: a bug of ours. Ends the process in release builds too; the queue makes that safe.
[[noreturn]] void broken_invariant(const char* condition, const char* file, int line);

}  // namespace fanout

#define FANOUT_INVARIANT(condition) \
  ((condition) ? void(0) : ::fanout::broken_invariant(#condition, __FILE__, __LINE__))
