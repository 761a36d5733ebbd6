// The vendor's account of what it decided and what it answered, for /__report. What each number counts is
// defined in README.md. Owned by the Judge, used on the one thread, never fails.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "verdict.h"

namespace fanout_vendor {

class Ledger {
 public:
  void decided(const Verdict& verdict);
  void answered(const Verdict& verdict);    // the whole answer was handed to the kernel
  void unanswered(const Verdict& verdict);  // the client left, or the write failed

  std::uint64_t requests() const { return requests_; }
  std::uint64_t by_why(Why why) const { return by_why_[static_cast<std::size_t>(why)]; }
  std::uint64_t answered_ok() const { return answered_ok_; }
  std::uint64_t distinct_ok() const { return distinct_ok_; }
  std::uint64_t unanswered_ok() const { return unanswered_ok_; }

 private:
  bool first_time(const Found& found);

  std::array<std::uint64_t, kWhyNames.size()> by_why_{};
  std::uint64_t requests_ = 0;
  std::uint64_t answered_ok_ = 0;
  std::uint64_t distinct_ok_ = 0;
  std::uint64_t unanswered_ok_ = 0;
  std::vector<bool> data_seen_;                   // a bit for each data group up to the highest asked
  std::unordered_set<std::uint64_t> pages_seen_;  // hashes of list, parent and page
};

}  // namespace fanout_vendor
