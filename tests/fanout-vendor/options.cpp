#include "options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cmath>
#include <map>

namespace fanout_vendor {
namespace {

constexpr const char* kAbout =
    "fanout-vendor: the test vendor. It serves a generated tree of troops, warriors, data groups and data "
    "over\n"
    "HTTP, refuses what is above its limits, breaks on demand, and counts what it saw: GET /__report.";
constexpr const char* kFooter =
    "Durations: 500us 250ms 1s 5m 2h 1d. Rates R are shares from 0 to 1, the same for the same --seed.\n"
    "Example: fanout-vendor --listen 127.0.0.1:8080 --rate 100/1s --concurrency 16 --latency exp:20ms \\\n"
    "                       --fail-500 0.01 --outage 2s+1m:503 --log requests.ndjson\n";

// What cannot be bound to a field directly and is read after CLI11 is through.
struct Raw {
  std::string listen = "127.0.0.1:0";
  std::string latency;
  std::string run_for;
  std::string names = "plain";
  std::string refused = "counted";
  std::string retry_after = "seconds";
  std::vector<std::string> rates;
  std::vector<std::string> outages;
  std::string falls_over;
  double scale = 1;
};

const std::map<std::string, RetryAfter> kRetryAfter{{"seconds", RetryAfter::seconds},
                                                    {"date", RetryAfter::date},
                                                    {"epoch", RetryAfter::epoch},
                                                    {"window", RetryAfter::window},
                                                    {"none", RetryAfter::none}};

void add_tree(CLI::App& app, Options& options, Raw& raw) {
  auto& tree = options.tree;
  const auto count = CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000});
  app.add_option("--troops", tree.troops, "groups at the top")
      ->check(count)
      ->option_text("N [400]")
      ->group("Tree");
  app.add_option("--warriors", tree.warriors, "devices below them")
      ->check(count)
      ->option_text("N [5000]")
      ->group("Tree");
  app.add_option("--groups", tree.groups, "data groups below those")
      ->check(count)
      ->option_text("N [25000]")
      ->group("Tree");
  app.add_option("--cap", options.tree.page_limit, "items on a page at most, however many are asked for")
      ->check(CLI::PositiveNumber)
      ->option_text("N")
      ->group("Tree");
  app.add_option("--scale", raw.scale, "multiplies all three")
      ->check(CLI::PositiveNumber)
      ->option_text("FACTOR")
      ->group("Tree");
  app.add_flag("--big-ids", tree.big_ids, "ids begin at 2^53+1, where doubles are not exact")->group("Tree");
  app.add_option("--names", raw.names, "of the items [plain]")
      ->check(CLI::IsMember({"plain", "hostile"}))
      ->option_text("plain|hostile")
      ->group("Tree");
  app.add_option("--vanish", tree.vanish, "share of warriors that are listed, then 404")
      ->check(CLI::Range(0.0, 1.0))
      ->option_text("R")
      ->group("Tree");
  app.add_option("--prefix", tree.prefix, "path before /device, as in /santaba/rest")
      ->option_text("PATH")
      ->group("Tree");
}

void add_limits(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--token", options.token, "require Authorization: Bearer TOKEN, else 401")
      ->option_text("TOKEN")
      ->group("Limits");
  app.add_option("--rate", raw.rates, "no more than N in any such stretch, else 429")
      ->allow_extra_args(false)
      ->option_text("N/DURATION ...")
      ->group("Limits");
  app.add_option("--concurrency", options.concurrency, "requests in flight, else 429")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->option_text("N")
      ->group("Limits");
  app.add_option("--retry-after", raw.retry_after, "its form on a 429: seconds, date, epoch, window or none")
      ->check(CLI::IsMember(&kRetryAfter))
      ->option_text("FORM [seconds]")
      ->group("Limits");
  app.add_option("--refused", raw.refused, "whether what was refused takes room too [counted]")
      ->check(CLI::IsMember({"counted", "free"}))
      ->option_text("counted|free")
      ->group("Limits");
}

void add_faults(CLI::App& app, Options& options, Raw& raw) {
  const auto rate = CLI::Range(0.0, 1.0);
  auto& faults = options.faults;
  app.add_option("--latency", raw.latency, "5ms, uniform:5ms:50ms or exp:20ms")
      ->option_text("LATENCY")
      ->group("Faults");
  app.add_option("--fail-500", faults.server_error, "answer 500")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--fail-reset", faults.reset, "reset the connection")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--fail-stall", faults.stall, "never answer")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--fail-truncate", faults.truncate, "half a body, then close")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--fail-malformed", faults.malformed, "200 with broken JSON")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--poison", options.tree.poison, "share of data groups that always answer 500")
      ->check(rate)
      ->option_text("R")
      ->group("Faults");
  app.add_option("--outage", raw.outages, "START+LENGTH[:500|503|reset|refuse], from the first request on")
      ->allow_extra_args(false)
      ->option_text("OUTAGE ...")
      ->group("Faults");
  app.add_option("--falls-over", raw.falls_over, "RATE:QUIET, and stays down while it is hammered")
      ->option_text("RATE:QUIET")
      ->group("Faults");
  app.add_option("--seed", options.seed, "of all chance")->option_text("N [1]")->group("Faults");
}

void add_service(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--listen", raw.listen, "where; port 0 for any")
      ->option_text("HOST:PORT [127.0.0.1:0]")
      ->group("Service");
  app.add_option("--port-file", options.port_file, "gets the port once listening")
      ->option_text("FILE")
      ->group("Service");
  app.add_option("--log", options.log, "gets a line of JSON per request")
      ->option_text("FILE")
      ->group("Service");
  app.add_option("--for", raw.run_for, "stop after this duration")->option_text("DURATION")->group("Service");
  app.add_flag("--oblivious", options.oblivious, "go on with requests whose client is gone")
      ->group("Service");
  app.add_flag("--gzip", options.gzip, "gzip bodies for those who accept it")->group("Service");
  app.add_flag("--deflate", options.deflate, "deflate bodies for those who accept it")->group("Service");
  auto* cert = app.add_option("--tls-cert", options.tls_cert, "PEM chain: serve HTTPS")
                   ->option_text("FILE")
                   ->group("Service");
  auto* key = app.add_option("--tls-key", options.tls_key, "PEM key")->option_text("FILE")->group("Service");
  cert->check(CLI::ExistingFile)->needs(key);
  key->check(CLI::ExistingFile)->needs(cert);
}

void read_listen(const std::string& text, Options& options) {
  const auto colon = text.rfind(':');
  if (colon != std::string::npos && colon > 0) {
    options.host = text.substr(0, colon);
    if (options.host.front() == '[' && options.host.back() == ']') {
      options.host = options.host.substr(1, options.host.size() - 2);
    }
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, options.port);
    boost::system::error_code no_address;
    boost::asio::ip::make_address(options.host, no_address);
    if (error == std::errc{} && rest == end && !no_address) return;
  }
  throw BadOption(fmt::format("--listen: '{}' is no HOST:PORT with HOST an IP address", text));
}

std::uint64_t scaled(std::uint64_t count, double scale) {
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::llround(static_cast<double>(count) * scale)));
}

void finish(const Raw& raw, Options& options) {
  read_listen(raw.listen, options);
  if (raw.scale != 1) {
    options.tree.troops = scaled(options.tree.troops, raw.scale);
    options.tree.warriors = scaled(options.tree.warriors, raw.scale);
    options.tree.groups = scaled(options.tree.groups, raw.scale);
  }
  options.tree.hostile_names = raw.names == "hostile";
  options.retry_after = kRetryAfter.at(raw.retry_after);
  options.refused_count = raw.refused == "counted";
  for (const auto& rate : raw.rates) options.rates.push_back(parse_rate(rate));
  for (const auto& outage : raw.outages) options.outages.push_back(parse_outage(outage));
  if (!raw.falls_over.empty()) options.falls_over = parse_falls_over(raw.falls_over);
  if (!raw.latency.empty()) options.latency = parse_latency(raw.latency);
  if (!raw.run_for.empty()) options.run_for = parse_duration(raw.run_for);
  auto& prefix = options.tree.prefix;
  while (!prefix.empty() && prefix.back() == '/') prefix.pop_back();
  if (!prefix.empty() && prefix.front() != '/') throw BadOption("--prefix: begin it with a slash");
  const auto& f = options.faults;
  if (f.server_error + f.reset + f.stall + f.truncate + f.malformed > 1.0 + 1e-9) {
    throw BadOption("the --fail-* rates add up to more than 1");
  }
}

}  // namespace

Options parse_options(std::vector<std::string> arguments) {
  CLI::App app(kAbout, "fanout-vendor");
  app.footer(kFooter);
  Options options;
  Raw raw;
  add_service(app, options, raw);
  add_tree(app, options, raw);
  add_limits(app, options, raw);
  add_faults(app, options, raw);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    throw HelpWanted{app.help()};
  } catch (const CLI::ParseError& error) {
    throw BadOption(error.what());
  }
  finish(raw, options);
  return options;
}

}  // namespace fanout_vendor
