#include "http/reply_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "base/ascii.h"
#include "base/units.h"
#include "http/charset.h"
#include "http/strict_head.h"

namespace fanout {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kBeginning = "HTTP/1.";
constexpr std::string_view kGzipBegins = "\x1f\x8b\x08";
constexpr std::size_t kUsualHeaders = 12;
constexpr std::uint64_t kMostReserved = 1024 * 1024;  // bytes; a Content-Length is only a claim

}  // namespace

ReplyParser::ReplyParser(std::int64_t body_limit) : body_limit_(body_limit) {
  eager(true);
  header_limit(2 * kLargestHead);  // its size is limited as it comes
  basic_parser::body_limit(static_cast<std::uint64_t>(body_limit));
}

std::size_t ReplyParser::feed(const char* bytes, std::size_t size) {
  std::size_t taken = 0;
  if (!head_read_) {
    taken = feed_head({bytes, size});
    if (!head_read_ || failed() || is_done() || taken == size) return taken;
  }
  Error error;
  taken += put(boost::asio::const_buffer(bytes + taken, size - taken), error);
  if (error && error != http::error::need_more) note(error);
  return taken;
}

std::size_t ReplyParser::feed_head(std::string_view bytes) {
  const auto refuse = [this](std::string detail) {
    reply_.fault = Fault::bad_protocol;
    reply_.detail = std::move(detail);
    return std::size_t{0};
  };
  // Known by its first bytes: its end may never come.
  const auto first = bytes.substr(0, kBeginning.size());
  if (!boost::beast::iequals(first, kBeginning.substr(0, first.size())))
    return refuse("it does not begin with HTTP/1");
  const auto end = end_of_head(bytes, searched_);
  if (std::min(end, bytes.size()) > kLargestHead)
    return refuse("its headers are larger than " + format_size(kLargestHead));
  if (end == std::string_view::npos) return 0;
  auto head = bytes.substr(0, end);
  std::optional<std::string> rewritten;
  if (!is_strict(head)) {
    std::string why;
    rewritten = strict_head(head, &why);
    if (!rewritten) return refuse(std::move(why));
    head = *rewritten;
  }
  Error error;
  put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error && error != http::error::need_more) note(error);
  head_read_ = true;
  return end;
}

void ReplyParser::end_of_stream() {
  Error error;
  if (head_read_) {
    put_eof(error);
  } else {
    error = http::error::partial_message;
  }
  if (error) note(error);
}

void ReplyParser::note(const Error& error) {
  if (failed()) return;
  if (error == http::error::body_limit) {
    reply_.fault = Fault::too_large;
    reply_.detail = "body_limit is " + format_size(body_limit_);
  } else if (error == http::error::partial_message) {
    reply_.fault = Fault::truncated;
    reply_.detail = format_size(static_cast<std::int64_t>(body_size())) + " of its body had come";
  } else {
    reply_.fault = Fault::bad_protocol;
    reply_.detail = error.message();
  }
}

Reply ReplyParser::take() {
  // No use in a part of a body.
  if (failed()) reply_.body.clear();
  return std::move(reply_);
}

Reply ReplyParser::take(Fault fault, std::string detail) {
  reply_.fault = fault;
  reply_.detail = std::move(detail);
  return take();
}

void ReplyParser::fail(Fault fault, std::string detail, Error& error) {
  reply_.fault = fault;
  reply_.detail = std::move(detail);
  error = http::error::bad_value;
}

void ReplyParser::on_request_impl(http::verb, Text, Text, int, Error& error) {
  error = http::error::bad_version;
}

void ReplyParser::on_response_impl(int status, Text, int, Error& error) {
  if (status < 100) return fail(Fault::bad_protocol, fmt::format("its status is {:03}", status), error);
  if (status == 101)
    return fail(Fault::bad_protocol, "it changes to another protocol, which was not asked for", error);
  reply_.status = status;
  reply_.headers.reserve(kUsualHeaders);
}

void ReplyParser::on_field_impl(http::field, Text name, Text value, Error& error) {
  if (++headers_ > kMostHeaders)
    return fail(Fault::bad_protocol, fmt::format("it has more than {} headers", kMostHeaders), error);
  if (head_read_) return;  // a trailer: too late to mean anything
  reply_.headers.emplace_back(lower({name.data(), name.size()}),
                              utf8_of_header({value.data(), value.size()}));
}

void ReplyParser::on_header_impl(Error&) {}

void ReplyParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) {
  std::string encodings;
  for (const auto& [name, value] : reply_.headers) {
    if (name == "content-encoding") encodings += (encodings.empty() ? "" : ",") + value;
  }
  const auto coding = coding_of(encodings);
  if (!coding) return fail(Fault::bad_protocol, "its Content-Encoding is " + encodings, error);
  if (*coding != Coding::identity) inflater_.emplace(*coding, body_limit_);
  may_be_gzip_ = !inflater_;
  if (length && !inflater_) reply_.body.reserve(static_cast<std::size_t>(std::min(*length, kMostReserved)));
}

std::size_t ReplyParser::on_body_impl(Text body, Error& error) {
  const std::string_view bytes(body.data(), body.size());
  if (inflater_) return inflate_some(bytes, error);
  reply_.body.append(bytes);
  if (may_be_gzip_ && reply_.body.size() >= kGzipBegins.size()) {
    may_be_gzip_ = false;
    if (reply_.body.starts_with(kGzipBegins)) {
      inflater_.emplace(Coding::gzip, body_limit_);
      inflate_some(std::exchange(reply_.body, {}), error);
    }
  }
  return body.size();
}

std::size_t ReplyParser::inflate_some(std::string_view bytes, Error& error) {
  switch (inflater_->feed(bytes, &reply_.body)) {
    case Inflater::Result::good:
      break;
    case Inflater::Result::broken:
      fail(Fault::bad_protocol, "its body does not inflate", error);
      break;
    case Inflater::Result::too_large:
      fail(Fault::too_large, "body_limit is " + format_size(body_limit_) + ", and it inflates to more",
           error);
      break;
  }
  return bytes.size();
}

void ReplyParser::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

std::size_t ReplyParser::on_chunk_body_impl(std::uint64_t, Text body, Error& error) {
  return on_body_impl(body, error);
}

// Whether there is a whole body now. What was deflated twice is inflated twice, whatever its headers say.
bool ReplyParser::finish_inflating(Error& error) {
  for (int times = 0; inflater_; ++times) {
    if (!inflater_->complete()) {
      fail(need_eof() ? Fault::truncated : Fault::bad_protocol, "its body ends before it is inflated", error);
      return false;
    }
    inflater_.reset();
    if (times > 0 || !reply_.body.starts_with(kGzipBegins)) return true;
    inflater_.emplace(Coding::gzip, body_limit_);
    inflate_some(std::exchange(reply_.body, {}), error);
    if (failed()) return false;
  }
  return true;
}

void ReplyParser::convert(Error& error) {
  const auto charset = charset_of(reply_.header("content-type"));
  switch (convert_to_utf8(reply_.body, charset, body_limit_)) {
    case Conversion::good:
      break;
    case Conversion::unknown_charset:
      fail(Fault::malformed, "its charset is " + charset + ", which can't be converted here", error);
      break;
    case Conversion::too_large:
      fail(Fault::too_large, "body_limit is " + format_size(body_limit_) + ", and it is more in UTF-8",
           error);
      break;
  }
}

void ReplyParser::on_finish_impl(Error& error) {
  if (finish_inflating(error)) convert(error);
}

}  // namespace fanout
