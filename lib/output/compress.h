// Bytes to a gzip member or a zstd frame of their own. Files of several of them, one after the other, are
// valid: gzip and zstd read them as one.
//
// Owned by Outputs, used on the store thread. The contexts are made when they are first needed, and reused.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "spec/config.h"

struct ZSTD_CCtx_s;
struct z_stream_s;

namespace fanout {

class Compressor {
 public:
  // Without compression: the bytes as they are.
  std::string compress(OutputSpec::Compression compression, std::string bytes);

 private:
  std::string gzip_member(std::string_view bytes);
  std::string zstd_frame(std::string_view bytes);

  struct FreeZstd {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  struct FreeGzip {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, FreeZstd> zstd_;
  std::unique_ptr<z_stream_s, FreeGzip> gzip_;
};

}  // namespace fanout
