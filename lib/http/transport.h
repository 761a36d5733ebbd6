// Seam: a request in, a reply or what went wrong out. Above Beast.
//
// HttpsTransport (http/https_transport.h) is the real one; a simulation brings its own. Used on the loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "task/outcome.h"

namespace fanout {

struct Request {
  std::string target;  // origin form, percent-encoded: "/device/groups?offset=0"
  std::vector<std::pair<std::string, std::string>> headers;
  // What auth adds; apart from the rest so that it is never logged or stored.
  std::string secret_header_name;
  Secret secret_header_value;
  Secret secret_query;  // "key=value", encoded; appended to the target when it is sent
  // Called on the loop, at most once, when the last byte has been handed to the system: the vendor sees the
  // request from about then on, which is what its limits count.
  std::function<void()> sent;
};

struct Reply {
  int status = 0;  // 0: there was no reply
  Fault fault = Fault::none;
  // A connection that had been kept ended before the first byte of a reply: most likely it was closed while
  // idle, and the request was never read. Sending it again is for the caller to decide: the vendor may have
  // counted it.
  bool maybe_unread = false;
  std::string detail;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // inflated

  // The first header of that lower-case name, or empty.
  std::string_view header(std::string_view name) const;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual boost::asio::awaitable<Reply> ask(Request request) = 0;
};

}  // namespace fanout
