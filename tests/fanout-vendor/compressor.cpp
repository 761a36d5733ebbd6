#include "compressor.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <stdexcept>

namespace fanout_vendor {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto begin = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// "gzip;q=0" and its like forbid what they name.
bool forbidden(std::string_view parameters) {
  const auto q = trim(parameters);
  return q.starts_with("q=0") && q.find_first_not_of("0.", 2) == std::string_view::npos;
}

// Whether the list allows `coding`; a name of its own counts before "*".
bool allows(std::string_view list, std::string_view coding) {
  bool star = false;
  while (!list.empty()) {
    const auto entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), entry.size() + 1));
    const auto semicolon = std::min(entry.find(';'), entry.size());
    const auto name = trim(entry.substr(0, semicolon));
    const bool wanted = !forbidden(entry.substr(std::min(semicolon + 1, entry.size())));
    if (boost::beast::iequals({name.data(), name.size()}, {coding.data(), coding.size()})) return wanted;
    if (name == "*") star = wanted;
  }
  return star;
}

}  // namespace

Coding negotiate(std::string_view accept_encoding, bool gzip, bool deflate) {
  if (gzip && allows(accept_encoding, "gzip")) return Coding::gzip;
  if (deflate && allows(accept_encoding, "deflate")) return Coding::deflate;
  return Coding::identity;
}

Compressor::Compressor(Coding coding) {
  constexpr int kZlibWindow = 15;
  constexpr int kGzipWrapper = 16;
  constexpr int kMemoryLevel = 8;
  const int window = coding == Coding::gzip ? kZlibWindow + kGzipWrapper : kZlibWindow;
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, window, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib: deflateInit2 failed");
  }
}

std::string Compressor::compress(std::string_view body) {
  deflateReset(&stream_);
  std::string out(deflateBound(&stream_, static_cast<uLong>(body.size())), '\0');
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // zlib does not write there
  stream_.avail_in = static_cast<uInt>(body.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out.data());
  stream_.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib: deflate failed");
  out.resize(stream_.total_out);
  return out;
}

}  // namespace fanout_vendor
