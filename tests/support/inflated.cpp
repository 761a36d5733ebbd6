#include "support/inflated.h"

#include <zlib.h>
#include <zstd.h>

#include <memory>

namespace fanout {
namespace {

std::optional<std::string> without_gzip(const std::string& bytes) {
  std::string text;
  std::string room(64 * 1024, '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  int result = inflateInit2(&stream, 15 + 16);
  while (result == Z_OK && stream.avail_in > 0) {
    while (result == Z_OK) {
      stream.next_out = reinterpret_cast<Bytef*>(room.data());
      stream.avail_out = static_cast<uInt>(room.size());
      result = inflate(&stream, Z_NO_FLUSH);
      text.append(room, 0, room.size() - stream.avail_out);
    }
    if (result == Z_STREAM_END)
      result = inflateReset(&stream);
    else
      break;
  }
  inflateEnd(&stream);
  if (result != Z_OK) return std::nullopt;
  return text;
}

std::optional<std::string> without_zstd(const std::string& bytes) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  std::string text;
  std::string room(64 * 1024, '\0');
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t wanted = 0;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    wanted = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0) return std::nullopt;
    text.append(room, 0, out.pos);
    while (out.pos == out.size) {
      out.pos = 0;
      wanted = ZSTD_decompressStream(context.get(), &out, &in);
      if (ZSTD_isError(wanted) != 0) return std::nullopt;
      text.append(room, 0, out.pos);
    }
  }
  if (wanted != 0) return std::nullopt;
  return text;
}

}  // namespace

std::optional<std::string> inflated(OutputSpec::Compression compression, const std::string& bytes) {
  switch (compression) {
    case OutputSpec::Compression::gzip:
      return without_gzip(bytes);
    case OutputSpec::Compression::zstd:
      return without_zstd(bytes);
    case OutputSpec::Compression::none:
      break;
  }
  return bytes;
}

}  // namespace fanout
