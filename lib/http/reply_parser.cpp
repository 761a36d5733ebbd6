#include "http/reply_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "base/ascii.h"
#include "base/units.h"

namespace fanout {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kBeginning = "HTTP/1.";
constexpr std::size_t kUsualHeaders = 12;
constexpr std::uint64_t kMostReserved = 1024 * 1024;  // bytes; a Content-Length is only a claim

}  // namespace

ReplyParser::ReplyParser(std::int64_t body_limit) : body_limit_(body_limit) {
  eager(true);
  header_limit(kLargestHead);
  basic_parser::body_limit(static_cast<std::uint64_t>(body_limit));
}

std::size_t ReplyParser::feed(const char* bytes, std::size_t size) {
  // Known by its first bytes: Beast would wait for a whole line, which may never come.
  if (reply_.status == 0 &&
      !kBeginning.starts_with(std::string_view(bytes, std::min(size, kBeginning.size())))) {
    reply_.fault = Fault::bad_protocol;
    reply_.detail = "it does not begin with HTTP/1";
    return 0;
  }
  Error error;
  const std::size_t taken = put(boost::asio::const_buffer(bytes, size), error);
  if (error && error != http::error::need_more) note(error);
  return taken;
}

void ReplyParser::end_of_stream() {
  Error error;
  put_eof(error);
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
  } else if (error == http::error::header_limit) {
    reply_.fault = Fault::bad_protocol;
    reply_.detail = "its headers are larger than " + format_size(kLargestHead);
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
  reply_.headers.emplace_back(lower({name.data(), name.size()}), std::string(value));
}

void ReplyParser::on_header_impl(Error&) { head_read_ = true; }

void ReplyParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) {
  const auto encoding = reply_.header("content-encoding");
  const auto coding = coding_of(encoding);
  if (!coding) return fail(Fault::bad_protocol, "its Content-Encoding is " + std::string(encoding), error);
  if (*coding != Coding::identity) inflater_.emplace(*coding, body_limit_);
  if (length && !inflater_) reply_.body.reserve(static_cast<std::size_t>(std::min(*length, kMostReserved)));
}

std::size_t ReplyParser::on_body_impl(Text body, Error& error) {
  if (!inflater_) {
    reply_.body.append(body.data(), body.size());
    return body.size();
  }
  switch (inflater_->feed(std::string_view(body.data(), body.size()), &reply_.body)) {
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
  return body.size();
}

void ReplyParser::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

std::size_t ReplyParser::on_chunk_body_impl(std::uint64_t, Text body, Error& error) {
  return on_body_impl(body, error);
}

void ReplyParser::on_finish_impl(Error& error) {
  if (!inflater_ || inflater_->complete()) return;
  if (need_eof()) return fail(Fault::truncated, "its body ends before it is inflated", error);
  fail(Fault::bad_protocol, "its body ends before it is inflated", error);
}

}  // namespace fanout
