// One question to the name service, for all connections of a vendor that want to know at that time.
//
// Each runs on a thread of its own: getaddrinfo can't be called off, and a name that does not resolve must
// hold up nobody else. Owned by the pool and by whoever waits; lives on the loop. The thread owns what it
// writes to, and nobody waits for it, so the loop may end meanwhile.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fanout {

struct Addresses {
  boost::system::error_code error;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
};

// Blocks, and may be called on any thread.
using Resolve = std::function<Addresses(const std::string& host, const std::string& port)>;
Addresses ask_name_service(const std::string& host, const std::string& port);

class NameLookup : public std::enable_shared_from_this<NameLookup> {
 public:
  static std::shared_ptr<NameLookup> begin(const boost::asio::any_io_executor& loop, Resolve resolve,
                                           std::string host, std::string port);
  explicit NameLookup(const boost::asio::any_io_executor& loop) : answered_(loop) {}

  bool done() const { return done_; }
  const Addresses& found() const { return found_; }  // once it is done
  // Cancelled when it is done.
  void wakes(std::shared_ptr<boost::asio::steady_timer> timer) { waiting_.push_back(std::move(timer)); }

 private:
  struct Answer;
  void wait_for(std::shared_ptr<Answer> answer);
  void finish(Addresses found);

  boost::asio::posix::stream_descriptor answered_;
  bool done_ = false;
  Addresses found_;
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace fanout
