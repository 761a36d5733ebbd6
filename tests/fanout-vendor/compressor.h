// Compresses bodies for clients that accept it. Owned by the Vendor, one thread; keeps its zlib state between
// bodies, since making one costs more than a small body.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace fanout_vendor {

enum class Coding { identity, gzip, deflate };

// What an Accept-Encoding allows of what is offered; gzip is preferred.
Coding negotiate(std::string_view accept_encoding, bool gzip, bool deflate);

class Compressor {
 public:
  explicit Compressor(Coding coding);
  ~Compressor() { deflateEnd(&stream_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  std::string compress(std::string_view body);

 private:
  z_stream stream_{};
};

}  // namespace fanout_vendor
