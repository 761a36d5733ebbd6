// What the test vendor was asked to be: its command line as one checked value. Read once at start, then
// shared read-only. A bad command line is a BadOption (exit 2), --help is a HelpWanted (exit 0).
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "quantities.h"

namespace fanout_vendor {

struct HelpWanted {
  std::string text;
};

enum class RetryAfter { seconds, date, epoch, window, none };

struct TreeShape {
  std::uint64_t troops = 400;
  std::uint64_t warriors = 5000;
  std::uint64_t groups = 25000;
  bool big_ids = false;
  bool hostile_names = false;
  double vanish = 0;  // share of warriors whose list is gone though they are listed
  double poison = 0;  // share of data groups that always answer 500
  std::string prefix;
  std::uint64_t page_limit = std::numeric_limits<std::uint64_t>::max();  // items a page, whatever is asked
};

struct FaultRates {
  double server_error = 0;
  double reset = 0;
  double stall = 0;
  double truncate = 0;
  double malformed = 0;
};

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::filesystem::path port_file;
  std::filesystem::path log;
  TreeShape tree;
  std::string token;
  std::vector<Rate> rates;
  std::optional<std::uint64_t> concurrency;
  bool refused_count = true;  // whether a refused request takes room in its window
  RetryAfter retry_after = RetryAfter::seconds;
  Latency latency;
  FaultRates faults;
  std::uint64_t seed = 1;
  std::vector<Outage> outages;
  std::optional<FallsOver> falls_over;
  bool oblivious = false;  // goes on with a request whose client is gone
  bool gzip = false;
  bool deflate = false;
  std::filesystem::path tls_cert;
  std::filesystem::path tls_key;
  std::optional<Duration> run_for;
};

// `arguments` without the program's name.
Options parse_options(std::vector<std::string> arguments);

}  // namespace fanout_vendor
