#include "daemon/fanoutd/check.h"

#include <fmt/format.h>

#include <boost/asio/system_executor.hpp>
#include <cstdio>
#include <string>

#include "base/system_clock.h"
#include "config/load.h"
#include "config/shared_origin.h"
#include "daemon/fanoutd/machine_limits.h"
#include "daemon/fanoutd/named_files.h"
#include "daemon/program.h"

namespace fanout {
namespace {

std::string section(const char* title, const std::vector<std::string>& lines) {
  return lines.empty() ? std::string() : fmt::format("\n{}\n  {}\n", title, fmt::join(lines, "\n  "));
}

}  // namespace

Exit check(const Config& config) {
  const auto limits = compare(config, machine_limits());
  const auto named = read_what_is_named(config);
  const auto text = describe(config, SystemClock(boost::asio::system_executor()).wall()) +
                    section("one origin, several vendors", shared_origins(config)) +
                    section("could not be read here", named.unread) +
                    section("may become tight on this machine", limits.tight);
  std::fputs(text.c_str(), stdout);
  auto wrong = named.wrong;
  wrong.insert(wrong.end(), limits.too_low.begin(), limits.too_low.end());
  if (wrong.empty()) return Exit::well;
  std::fflush(stdout);
  complain("fanoutd", wrong);
  return Exit::bad_configuration;
}

}  // namespace fanout
