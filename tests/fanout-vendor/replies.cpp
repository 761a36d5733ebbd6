#include "replies.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace fanout_vendor {
namespace {

using std::chrono::seconds;
using Wall = std::chrono::system_clock::time_point;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

std::string http_date(Wall wall) { return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(wall)); }

void append_head(std::string& out, int status, std::string_view type, std::size_t length, const Wish& wish) {
  fmt::format_to(std::back_inserter(out),
                 "HTTP/1.1 {} {}\r\nServer: fanout-vendor\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
                 status, reason(status), type, length);
  if (!wish.keep_alive) out += "Connection: close\r\n";
}

}  // namespace

std::string retry_after_line(RetryAfter form, Duration wait, Duration window, Wall wall) {
  const auto whole = std::max(seconds(1), std::chrono::ceil<seconds>(wait));
  const auto moment = std::chrono::ceil<seconds>(wall + std::max<Duration>(wait, seconds(1)));
  switch (form) {
    case RetryAfter::seconds:
      return fmt::format("Retry-After: {}\r\n", whole.count());
    case RetryAfter::date:
      return fmt::format("Retry-After: {}\r\n", http_date(moment));
    case RetryAfter::epoch:
      return fmt::format("Retry-After: {}\r\n", moment.time_since_epoch().count());
    case RetryAfter::window: {
      const auto length = std::max(seconds(1), std::chrono::ceil<seconds>(window));
      return fmt::format("X-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Window: {}\r\n", length.count());
    }
    case RetryAfter::none:
      break;
  }
  return {};
}

std::string Replies::compressed(Coding coding, std::string_view body) {
  auto& compressor = coding == Coding::gzip ? gzip_ : deflate_;
  if (!compressor) compressor.emplace(coding);
  return compressor->compress(body);
}

std::string Replies::answer(const Verdict& verdict, const Wish& wish, Wall wall) {
  std::string body;
  if (verdict.status == 200) {
    body.reserve(4096);
    tree_.append_body(body, verdict.found);
    if (verdict.why == Why::malformed) body.resize(body.size() * 2 / 3);  // the closing brace is gone
  } else {
    body = fmt::format(R"({{"error":"{}","why":"{}"}})", reason(verdict.status), why_name(verdict.why));
  }
  if (wish.coding != Coding::identity) body = compressed(wish.coding, body);
  std::string out;
  out.reserve(body.size() + 256);
  append_head(out, verdict.status, "application/json", body.size(), wish);
  if (wish.coding == Coding::gzip) out += "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n";
  if (wish.coding == Coding::deflate) out += "Content-Encoding: deflate\r\nVary: Accept-Encoding\r\n";
  if (verdict.status == 401) out += "WWW-Authenticate: Bearer\r\n";
  if (verdict.status == 429) {
    out += retry_after_line(form_, *verdict.retry_after, verdict.refusing_window, wall);
    fmt::format_to(std::back_inserter(out), "Date: {}\r\n", http_date(wall));
  }
  out += "\r\n";
  const auto sent = verdict.why == Why::truncate ? body.size() / 2 : body.size();
  if (!wish.head) out.append(body, 0, sent);
  return out;
}

std::string Replies::plain(std::string_view type, std::string_view body, const Wish& wish) {
  std::string out;
  append_head(out, 200, type, body.size(), wish);
  out += "\r\n";
  if (!wish.head) out += body;
  return out;
}

}  // namespace fanout_vendor
