// Inflates a reply's body as it comes. Owned by the parser of that reply. What does not inflate and what
// grows too large is an answer, never an exception; memory is what has come out, and never more than the
// limit.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

enum class Coding { identity, gzip, deflate };
// Of all that Content-Encoding says; nothing for what we cannot undo. A coding that is said twice is one:
// often a proxy repeats it. Words that are no coding count for nothing.
std::optional<Coding> coding_of(std::string_view content_encoding);

class Inflater {
 public:
  enum class Result { good, broken, too_large };

  // limit: bytes that may come out. Of deflate both forms are understood, the standard's and that of the
  // servers which leave zlib's header away.
  Inflater(Coding coding, std::int64_t limit);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // What comes out is appended. After anything but `good` there is no use in going on.
  Result feed(std::string_view bytes, std::string* out);
  // Whether the body may end here: it is whole, or there was not a byte.
  bool complete() const { return at_end_ || !started_; }

 private:
  Result inflate_some(std::string* out);
  Result after_end();
  void begin(int window_bits);

  const Coding coding_;
  const std::int64_t limit_;
  std::int64_t inflated_ = 0;
  z_stream stream_{};
  std::string held_;      // the first byte of deflate, which alone does not say which form it is
  bool begun_ = false;    // stream_ is in use
  bool started_ = false;  // a byte has come
  bool at_end_ = false;   // of a member
};

}  // namespace fanout
