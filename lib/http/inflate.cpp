#include "http/inflate.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <new>

#include "base/ascii.h"

namespace fanout {
namespace {

constexpr int kGzipWindow = MAX_WBITS + 16;
constexpr char kGzipMagic = '\x1f';

// RFC 1950: the method is 8, and the two bytes together are a multiple of 31.
bool is_zlib_header(unsigned char first, unsigned char second) {
  return (first & 0x0FU) == 8 && (first * 256U + second) % 31 == 0;
}

}  // namespace

namespace {

using boost::beast::iequals;

// What is no coding is a word that somebody put there by mistake, and changes nothing.
std::optional<Coding> one_coding_of(std::string_view name) {
  if (iequals(name, "gzip") || iequals(name, "x-gzip")) return Coding::gzip;
  if (iequals(name, "deflate")) return Coding::deflate;
  for (const char* known : {"br", "zstd", "compress", "x-compress", "bzip2", "x-bzip2", "lzma", "xz", "dcb",
                            "dcz", "exi", "pack200-gzip", "snappy"})
    if (iequals(name, known)) return std::nullopt;
  return Coding::identity;
}

}  // namespace

std::optional<Coding> coding_of(std::string_view content_encoding) {
  Coding all = Coding::identity;
  for (std::string_view rest = content_encoding; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto name = stripped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto coding = one_coding_of(name);
    if (!coding) return std::nullopt;
    if (*coding == Coding::identity || *coding == all) continue;
    if (all != Coding::identity) return std::nullopt;
    all = *coding;
  }
  return all;
}

Inflater::Inflater(Coding coding, std::int64_t limit) : coding_(coding), limit_(limit) {}

Inflater::~Inflater() {
  if (begun_) inflateEnd(&stream_);
}

void Inflater::begin(int window_bits) {
  if (inflateInit2(&stream_, window_bits) != Z_OK) throw std::bad_alloc();
  begun_ = true;
}

Inflater::Result Inflater::feed(std::string_view bytes, std::string* out) {
  if (bytes.empty()) return Result::good;
  started_ = true;
  std::string joined;
  if (!begun_ && coding_ == Coding::gzip) begin(kGzipWindow);
  if (!begun_) {
    held_ += bytes;
    if (held_.size() < 2) return Result::good;
    joined.swap(held_);
    bytes = joined;
    const bool zlib =
        is_zlib_header(static_cast<unsigned char>(bytes[0]), static_cast<unsigned char>(bytes[1]));
    begin(zlib ? MAX_WBITS : -MAX_WBITS);
  }
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
  stream_.avail_in = static_cast<uInt>(bytes.size());
  while (stream_.avail_in > 0) {
    const auto result = at_end_ ? after_end() : inflate_some(out);
    if (result != Result::good) return result;
  }
  return Result::good;
}

// As much as the input gives.
Inflater::Result Inflater::inflate_some(std::string* out) {
  std::array<char, 16 * 1024> piece;
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream_.avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return Result::broken;
    const std::size_t got = piece.size() - stream_.avail_out;
    inflated_ += static_cast<std::int64_t>(got);
    if (inflated_ > limit_) return Result::too_large;
    out->append(piece.data(), got);
    at_end_ = code == Z_STREAM_END;
  } while (!at_end_ && stream_.avail_out == 0);
  return Result::good;
}

// gzip may go on with a further member, or be padded with zeros; nothing else may follow.
Inflater::Result Inflater::after_end() {
  while (stream_.avail_in > 0 && *stream_.next_in == 0) {
    ++stream_.next_in;
    --stream_.avail_in;
  }
  if (stream_.avail_in == 0) return Result::good;
  if (coding_ != Coding::gzip || static_cast<char>(*stream_.next_in) != kGzipMagic) return Result::broken;
  at_end_ = false;
  return inflateReset(&stream_) == Z_OK ? Result::good : Result::broken;
}

}  // namespace fanout
