// From the bytes of a connection to a Reply, inflated. Owned by the connection, one for each reply;
// everything that a vendor may send ends as a Reply or as one with a fault.
//
// Beast's parser knows HTTP; what it finds goes straight into the Reply, without a message in between. It
// gets the head as the standard wants it (strict_head.h), and the body ends as UTF-8 (charset.h).
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "http/inflate.h"
#include "http/transport.h"

namespace fanout {

constexpr std::uint32_t kLargestHead = 64 * 1024;  // bytes of status line and headers
constexpr int kMostHeaders = 256;                  // trailers included

class ReplyParser : public boost::beast::http::basic_parser<false> {
 public:
  explicit ReplyParser(std::int64_t body_limit);

  // Takes what it can and says how much; the rest is to be offered again, with more behind it. Once done() or
  // failed() there is no use in going on.
  std::size_t feed(const char* bytes, std::size_t size);
  void end_of_stream();

  bool begun() const { return searched_ > 0 || got_some(); }
  bool done() const { return is_done(); }
  bool failed() const { return reply_.fault != Fault::none; }
  bool interim() const { return reply_.status >= 100 && reply_.status < 200; }
  std::size_t body_size() const { return reply_.body.size(); }

  // What there is of it, with its fault if it has one.
  Reply take();
  // The same, but for what ended it.
  Reply take(Fault fault, std::string detail);

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Error& error) override;
  void on_response_impl(int status, Text reason, int version, Error& error) override;
  void on_field_impl(boost::beast::http::field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text body, Error& error) override;
  void on_finish_impl(Error& error) override;

  std::size_t feed_head(std::string_view bytes);
  std::size_t inflate_some(std::string_view bytes, Error& error);
  bool finish_inflating(Error& error);
  void convert(Error& error);
  void fail(Fault fault, std::string detail, Error& error);
  void note(const Error& error);

  const std::int64_t body_limit_;
  Reply reply_;
  int headers_ = 0;
  std::size_t searched_ = 0;  // of the head, for its end
  bool head_read_ = false;
  bool may_be_gzip_ = false;  // though nobody announced it; so far too little has come to tell
  std::optional<Inflater> inflater_;
};

}  // namespace fanout
