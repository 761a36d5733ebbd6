// A transport and a loop of its own, for tests that ask servers on this machine.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "http/https_transport.h"

namespace fanout {

class Asked {
 public:
  boost::asio::io_context loop;
  VendorSpec vendor = of_loopback();
  Resolve resolve = ask_name_service;

  // Of one request; the server plays on the same loop meanwhile.
  Reply ask(Request request) {
    std::optional<Reply> reply;
    start(std::move(request), &reply);
    run_until([&] { return reply.has_value(); });
    return *reply;
  }

  Reply ask(std::string target = "/") { return ask(request(std::move(target))); }

  static Request request(std::string target = "/", std::function<void()> sent = {}) {
    Request request;
    request.target = std::move(target);
    request.sent = std::move(sent);
    return request;
  }

  void start(Request request, std::optional<Reply>* reply) {
    if (!transport) transport = std::make_unique<HttpsTransport>(loop.get_executor(), vendor, resolve);
    boost::asio::co_spawn(loop, transport->ask(std::move(request)),
                          [reply](std::exception_ptr error, Reply got) {
                            if (error) std::rethrow_exception(error);
                            *reply = std::move(got);
                          });
  }

  template <class Condition>
  void run_until(Condition condition) {
    loop.restart();
    while (!condition()) {
      if (loop.run_one_for(std::chrono::seconds(20)) == 0) throw std::runtime_error("nothing comes any more");
    }
  }

  std::unique_ptr<HttpsTransport> transport;  // made at the first request; reset it to change the vendor

 private:
  static VendorSpec of_loopback() {
    VendorSpec vendor;
    vendor.name = "scripted";
    vendor.base_url = {false, "127.0.0.1", "80", ""};
    return vendor;
  }
};

}  // namespace fanout
