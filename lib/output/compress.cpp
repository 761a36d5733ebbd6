#include "output/compress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace fanout {
namespace {

constexpr int kZstdLevel = 3;
constexpr int kGzipLevel = 6;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to say: with a gzip header
constexpr int kGzipMemory = 8;        // zlib's default

Error no_memory(const std::string& what) {
  return Error("no memory to compress with " + what,
               "give the daemon more memory, or leave this output uncompressed");
}

uInt at_most(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

}  // namespace

void Compressor::FreeZstd::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

void Compressor::FreeGzip::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  std::default_delete<z_stream_s>()(stream);
}

std::string Compressor::compress(OutputSpec::Compression compression, std::string bytes) {
  switch (compression) {
    case OutputSpec::Compression::gzip:
      return gzip_member(bytes);
    case OutputSpec::Compression::zstd:
      return zstd_frame(bytes);
    case OutputSpec::Compression::none:
      break;
  }
  return bytes;
}

std::string Compressor::gzip_member(std::string_view bytes) {
  if (gzip_ == nullptr) {
    auto stream = std::make_unique<z_stream_s>();
    if (deflateInit2(stream.get(), kGzipLevel, Z_DEFLATED, kGzipWindow, kGzipMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw no_memory("gzip");
    }
    gzip_.reset(stream.release());
  }
  FANOUT_INVARIANT(deflateReset(gzip_.get()) == Z_OK);

  std::string member(deflateBound(gzip_.get(), bytes.size()), '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    gzip_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + read));  // zlib only reads it
    gzip_->avail_in = at_most(bytes.size() - read);
    gzip_->next_out = reinterpret_cast<Bytef*>(member.data() + written);
    gzip_->avail_out = at_most(member.size() - written);
    const auto offered = gzip_->avail_in;
    const auto room = gzip_->avail_out;
    result = deflate(gzip_.get(), read + offered == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    FANOUT_INVARIANT(result == Z_OK || result == Z_STREAM_END);
    read += offered - gzip_->avail_in;
    written += room - gzip_->avail_out;
  }
  member.resize(written);
  return member;
}

std::string Compressor::zstd_frame(std::string_view bytes) {
  if (zstd_ == nullptr) {
    zstd_.reset(ZSTD_createCCtx());
    if (zstd_ == nullptr) throw no_memory("zstd");
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
  }
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const auto length = ZSTD_compress2(zstd_.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(length) != 0) throw no_memory("zstd");
  frame.resize(length);
  return frame;
}

}  // namespace fanout
