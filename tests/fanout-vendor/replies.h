// Writes the bytes of answers: head, body, compression, and the faults that are in the bytes (half a body,
// broken JSON). Owned by the Vendor, one thread; zlib out of memory throws and ends the vendor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compressor.h"
#include "options.h"
#include "verdict.h"

namespace fanout_vendor {

// What the request said about the form of its answer.
struct Wish {
  Coding coding = Coding::identity;
  bool head = false;  // HEAD: no body
  bool keep_alive = true;
};

class Replies {
 public:
  Replies(const Tree& tree, RetryAfter form) : tree_(tree), form_(form) {}

  // Of a verdict whose status is not 0. `wall` is the time of day, for Date and Retry-After.
  std::string answer(const Verdict& verdict, const Wish& wish, std::chrono::system_clock::time_point wall);
  // Of the exempt paths.
  static std::string plain(std::string_view type, std::string_view body, const Wish& wish);

 private:
  std::string compressed(Coding coding, std::string_view body);

  const Tree& tree_;
  RetryAfter form_;
  std::optional<Compressor> gzip_;
  std::optional<Compressor> deflate_;
};

// The header line (or none) that tells when to come again.
std::string retry_after_line(RetryAfter form, Duration wait, Duration window,
                             std::chrono::system_clock::time_point wall);

}  // namespace fanout_vendor
