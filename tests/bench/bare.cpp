#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "bench/bench.h"

namespace fanout::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr int kLeaves = 25'000;

struct Work {
  tcp::endpoint server;
  int left = 0;
  int answered = 0;
};

asio::awaitable<void> connection(std::shared_ptr<Work> work) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  co_await stream.async_connect(work->server, asio::use_awaitable);
  beast::flat_buffer buffer;
  while (work->left > 0) {
    const int leaf = --work->left % kLeaves;
    http::request<http::empty_body> request(http::verb::get, "/data/" + std::to_string(leaf) + ".json", 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::accept, "application/json");
    stream.expires_after(std::chrono::seconds(30));
    co_await http::async_write(stream, request, asio::use_awaitable);
    http::response<http::string_body> reply;
    co_await http::async_read(stream, buffer, reply, asio::use_awaitable);
    if (reply.result() == http::status::ok) ++work->answered;
  }
}

}  // namespace

int bare(unsigned short port, int connections, int requests) {
  asio::io_context loop(1);
  const auto work = std::make_shared<Work>();
  work->server = {asio::ip::make_address("127.0.0.1"), port};
  work->left = requests;
  for (int i = 0; i < connections; ++i) asio::co_spawn(loop, connection(work), asio::detached);
  const auto begun = std::chrono::steady_clock::now();
  loop.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  if (work->answered != requests) {
    std::fprintf(stderr, "%d of %d requests were answered\n", work->answered, requests);
    return 1;
  }
  std::printf("%.3f\n", took.count());
  return 0;
}

}  // namespace fanout::bench
