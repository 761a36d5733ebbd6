#include "program.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <fstream>

#include "listener.h"

namespace fanout_vendor {
namespace {

namespace asio = boost::asio;

// Whoever sees the file sees the whole port: it is written beside its place and renamed.
void write_port(const std::filesystem::path& path, std::uint16_t port) {
  const std::filesystem::path beside = path.string() + fmt::format(".{}.tmp", ::getpid());
  std::ofstream out(beside);
  out << port << '\n';
  out.close();
  if (!out) throw std::runtime_error(fmt::format("--port-file: cannot write {}", beside.string()));
  std::filesystem::rename(beside, path);
}

void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: then fewer connections fit, which accept survives
}

void serve(Options options) {
  const auto vendor = std::make_shared<Vendor>(std::move(options), std::chrono::steady_clock::now());
  const auto& asked = vendor->judge.options();
  asio::io_context loop(1);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&loop](auto, int) { loop.stop(); });
  asio::steady_timer end(loop);
  if (asked.run_for) {
    end.expires_after(*asked.run_for);
    end.async_wait([&loop](auto) { loop.stop(); });
  }
  const auto listener = std::make_shared<Listener>(loop, vendor);
  vendor->on_first_request = [weak = std::weak_ptr(listener)] {  // the listener owns the vendor
    if (const auto alive = weak.lock()) alive->first_request();
  };
  listener->open();
  const auto* scheme = asked.tls_cert.empty() ? "http" : "https";
  const bool six = asked.host.find(':') != std::string::npos;
  fmt::print("fanout-vendor listens on {}://{}{}{}:{}{}\n", scheme, six ? "[" : "", asked.host,
             six ? "]" : "", listener->port(), asked.tree.prefix);
  std::fflush(stdout);
  if (!asked.port_file.empty()) write_port(asked.port_file, listener->port());
  loop.run();
  vendor->log.flush();
}

}  // namespace

int run(std::vector<std::string> arguments) {
  try {
    allow_many_connections();
    serve(parse_options(std::move(arguments)));
    return 0;
  } catch (const HelpWanted& help) {
    fmt::print("{}", help.text);
    return 0;
  } catch (const BadOption& error) {
    fmt::print(stderr, "fanout-vendor: {}\nTry fanout-vendor --help.\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fanout-vendor: {}\n", error.what());
    return 1;
  }
}

}  // namespace fanout_vendor
